namespace Levee.Bench.Serving;

/// <summary>One minute of a soak.</summary>
/// <param name="P50">In milliseconds.</param>
/// <param name="P99">In milliseconds.</param>
internal readonly record struct ServingSample(double P50, double P99);
