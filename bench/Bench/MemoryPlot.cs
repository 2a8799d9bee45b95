using ScottPlot;

namespace Levee.Bench;

/// <summary>Memory over time as a picture beside the table of results.</summary>
internal static class MemoryPlot
{
    private const int Width = 900;
    private const int Height = 400;

    public static void Save(IReadOnlyList<MemorySample> samples, BenchArguments arguments, DateTimeOffset measuredAt)
    {
        using var plot = new Plot();
        var line = plot.Add.ScatterLine(
            samples.Select(sample => sample.At.TotalMinutes).ToArray(), samples.Select(sample => sample.Megabytes).ToArray());
        line.LineWidth = 2;
        plot.Axes.SetLimitsY(0, samples.Max(sample => sample.Megabytes) * 1.1);
        plot.XLabel("minutes");
        plot.YLabel("resident memory of the silo, MiB");
        var folder = Directory.CreateDirectory(Path.Combine(arguments.Root, "bench", "results")).FullName;
        plot.SavePng(Path.Combine(folder, $"{measuredAt:yyyy-MM-dd}-memory.png"), Width, Height);
    }
}
