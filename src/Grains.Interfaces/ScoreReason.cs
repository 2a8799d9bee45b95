namespace Levee.Grains;

/// <summary>One reason of a score: what a feature's value did to it.</summary>
/// <param name="Feature">Name of the feature.</param>
/// <param name="Value">Its value; null when missing.</param>
/// <param name="Usual">What is usual, of this customer where their own windows tell it, else of all transactions; null when there is no such thing.</param>
/// <param name="Contribution">Its Shapley value in log-odds: above 0 towards fraud, below away from it.</param>
/// <param name="Text">The same in words.</param>
[GenerateSerializer, Immutable, Alias("levee.ScoreReason")]
public sealed record ScoreReason(
    [property: Id(0)] string Feature,
    [property: Id(1)] double? Value,
    [property: Id(2)] double? Usual,
    [property: Id(3)] double Contribution,
    [property: Id(4)] string Text);
