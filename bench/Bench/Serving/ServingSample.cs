namespace Levee.Bench.Serving;

/// <summary>One minute of a soak.</summary>
/// <param name="P50">In milliseconds.</param>
/// <param name="P99">In milliseconds.</param>
/// <param name="CalmP99">The same of those seconds only in which the hypervisor took hardly anything away.</param>
/// <param name="CalmSeconds">How many those were.</param>
/// <param name="Late">The 99th percentile of how late the generator sent, in milliseconds; it is in the latencies.</param>
/// <param name="StolenPercent">Of the processors' time, that the hypervisor gave to others.</param>
/// <param name="PausedMilliseconds">For which the silo's garbage collector stopped all threads.</param>
internal readonly record struct ServingSample(
    double P50, double P99, double CalmP99, int CalmSeconds, double Late, double StolenPercent, double PausedMilliseconds);
