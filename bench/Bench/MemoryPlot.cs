using ScottPlot;

namespace Levee.Bench;

/// <summary>Memory over time as a picture beside the table of results.</summary>
internal static class MemoryPlot
{
    private const int Width = 900;
    private const int Height = 400;

    public static void Save(
        IReadOnlyList<MemorySample> resident, IReadOnlyList<MemorySample> live, BenchArguments arguments, DateTimeOffset measuredAt)
    {
        using var plot = new Plot();
        AddLine(plot, resident, "resident memory of the silo");
        AddLine(plot, live, "live heap after the last full collection");
        plot.Axes.SetLimitsY(0, resident.Max(sample => sample.Megabytes) * 1.1);
        plot.XLabel("minutes");
        plot.YLabel("MiB");
        plot.ShowLegend(Alignment.LowerRight);
        var folder = Directory.CreateDirectory(Path.Combine(arguments.Root, "bench", "results")).FullName;
        plot.SavePng(Path.Combine(folder, $"{measuredAt:yyyy-MM-dd}-memory.png"), Width, Height);
    }

    private static void AddLine(Plot plot, IReadOnlyList<MemorySample> samples, string name)
    {
        var line = plot.Add.ScatterLine(
            samples.Select(sample => sample.At.TotalMinutes).ToArray(), samples.Select(sample => sample.Megabytes).ToArray());
        line.LineWidth = 2;
        line.LegendText = name;
    }
}
