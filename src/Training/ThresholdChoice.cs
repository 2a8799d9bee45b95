namespace Levee.Training;

/// <summary>A decision threshold and how it came about.</summary>
/// <param name="Threshold">Probability from which a transaction is called fraud.</param>
/// <param name="Rule">The rule in words.</param>
internal sealed record ThresholdChoice(double Threshold, string Rule);
