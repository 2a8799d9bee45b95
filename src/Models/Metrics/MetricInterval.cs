namespace Levee.Models;

/// <summary>A metric with its 95 % bootstrap interval.</summary>
/// <param name="Value">The metric on the rows as they are; NaN when a class is missing.</param>
/// <param name="Low">Lower end; NaN when it could not be told.</param>
/// <param name="High">Upper end; NaN when it could not be told.</param>
public readonly record struct MetricInterval(double Value, double Low, double High);
