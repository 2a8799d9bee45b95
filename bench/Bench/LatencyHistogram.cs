using System.Numerics;

namespace Levee.Bench;

/// <summary>
/// Counts latencies in microseconds without keeping them. Each power of two is cut into 128 equal steps, so a percentile is at most
/// 1/128 too high. Many threads may record at once.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 7;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[(64 - StepBits) * Steps];

    public long Count => _counts.Sum();

    public void Record(TimeSpan latency) =>
        Interlocked.Increment(ref _counts[Index(Math.Max(0, (long)latency.TotalMicroseconds))]);

    /// <summary>Adds what another one has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            Interlocked.Add(ref _counts[i], other._counts[i]);
        }
    }

    /// <summary>The smallest recorded value's upper end below which the given share of all values lies, in milliseconds.</summary>
    public double PercentileMilliseconds(double percent)
    {
        var wanted = (long)Math.Ceiling(Count * percent / 100);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen > 0)
            {
                return UpperEnd(i) / 1000.0;
            }
        }

        return double.NaN;
    }

    // Values below 2 * Steps have a bucket each; above, the leading bit picks the row and the next seven bits the step.
    private static int Index(long micros)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)micros | 1) - StepBits);
        return (shift << StepBits) + (int)(micros >> shift);
    }

    private static long UpperEnd(int index)
    {
        var shift = Math.Max(0, (index >> StepBits) - 1);
        return ((index - ((long)shift << StepBits) + 1) << shift) - 1;
    }
}
