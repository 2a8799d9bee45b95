using System.Globalization;

namespace Levee.Bench;

/// <summary>A process's resident memory at one time.</summary>
/// <param name="At">Since the load began.</param>
/// <param name="Megabytes">Resident memory in MiB.</param>
internal readonly record struct MemorySample(TimeSpan At, double Megabytes)
{
    private const double Mebibyte = 1024 * 1024;

    public static double ResidentMegabytes(int processId)
    {
        var pages = File.ReadAllText($"/proc/{processId}/statm").Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize / Mebibyte;
    }

    /// <summary>Slope of the line of least squares through the samples.</summary>
    public static double MegabytesAMinute(IReadOnlyList<MemorySample> samples)
    {
        var (meanX, meanY) = (samples.Average(s => s.At.TotalMinutes), samples.Average(s => s.Megabytes));
        return samples.Sum(s => (s.At.TotalMinutes - meanX) * (s.Megabytes - meanY))
            / samples.Sum(s => (s.At.TotalMinutes - meanX) * (s.At.TotalMinutes - meanX));
    }
}
