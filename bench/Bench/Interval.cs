namespace Levee.Bench;

/// <summary>Between what bounds a figure lies.</summary>
internal sealed record Interval(double Low, double High);
