using System.Globalization;

namespace Levee.Bench;

/// <summary>A process's memory at one time.</summary>
/// <param name="At">Since the load began.</param>
/// <param name="Megabytes">In MiB.</param>
internal readonly record struct MemorySample(TimeSpan At, double Megabytes)
{
    /// <summary>Bytes of a MiB.</summary>
    public const double Mebibyte = 1024 * 1024;

    public static double ResidentMegabytes(int processId)
    {
        var pages = File.ReadAllText($"/proc/{processId}/statm").Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize / Mebibyte;
    }

    /// <summary>By how much memory grew from the first to the last sample, by the line of least squares, in percent of their mean.</summary>
    public static double GrowthPercent(IReadOnlyList<MemorySample> samples)
    {
        var (meanX, meanY) = (samples.Average(s => s.At.TotalMinutes), samples.Average(s => s.Megabytes));
        var megabytesAMinute = samples.Sum(s => (s.At.TotalMinutes - meanX) * (s.Megabytes - meanY))
            / samples.Sum(s => (s.At.TotalMinutes - meanX) * (s.At.TotalMinutes - meanX));
        return megabytesAMinute * (samples[^1].At - samples[0].At).TotalMinutes / meanY * 100;
    }
}
