namespace Levee.Bench.Serving;

/// <summary>One minute of a soak.</summary>
/// <param name="P50">In milliseconds.</param>
/// <param name="P99">In milliseconds.</param>
/// <param name="Late">The 99th percentile of how late the generator sent, in milliseconds; it is in the two before.</param>
/// <param name="StolenPercent">Of the processors' time, that the hypervisor gave to others.</param>
/// <param name="PausedMilliseconds">For which the silo's garbage collector stopped all threads.</param>
internal readonly record struct ServingSample(double P50, double P99, double Late, double StolenPercent, double PausedMilliseconds);
