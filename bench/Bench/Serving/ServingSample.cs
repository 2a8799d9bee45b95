namespace Levee.Bench.Serving;

/// <summary>One minute of a soak.</summary>
/// <param name="P50">In milliseconds.</param>
/// <param name="P99">In milliseconds.</param>
/// <param name="StolenPercent">Of the processors' time, that the hypervisor gave to others.</param>
/// <param name="PausedMilliseconds">For which the silo's garbage collector stopped all threads.</param>
internal readonly record struct ServingSample(double P50, double P99, double StolenPercent, double PausedMilliseconds);
