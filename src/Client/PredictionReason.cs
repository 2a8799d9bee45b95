namespace Levee.Client;

/// <summary>What one feature did to a score.</summary>
/// <param name="Feature">Name in the feature list.</param>
/// <param name="Value">The feature's value; null when it is missing.</param>
/// <param name="Usual">What is usual; null when nothing is.</param>
/// <param name="Contribution">Shapley value in log-odds: above 0 towards fraud.</param>
/// <param name="Text">The same in words.</param>
public sealed record PredictionReason(string Feature, double? Value, double? Usual, double Contribution, string Text);
