using System.Globalization;
using System.Runtime.InteropServices;

namespace Levee.Bench;

/// <summary>What the figures were measured on.</summary>
internal sealed record Machine(string Cpu, int Cores, double MemoryGib, string System, string Runtime)
{
    public static Machine Current() => new(
        Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"Machine: {Cpu}, {Cores} cores, {MemoryGib:0.#} GiB, {System}, {Runtime}.");

    private static string? Line(string file, string key) =>
        File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
}
