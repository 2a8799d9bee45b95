namespace Levee.Storage;

/// <summary>A prediction whose truth is known.</summary>
/// <param name="Probability">What was predicted, 0 to 1.</param>
/// <param name="IsFraud">What turned out.</param>
public readonly record struct MaturedPrediction(double Probability, bool IsFraud);
