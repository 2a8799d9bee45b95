using ScottPlot;

namespace Levee.Bench.Serving;

/// <summary>Memory and latency over time as a picture beside the table of results.</summary>
internal static class ServingPlot
{
    private const int Width = 900;
    private const int Height = 400;

    public static void Save(
        IReadOnlyList<MemorySample> memory, IReadOnlyList<ServingSample> minutes, BenchArguments arguments, DateTimeOffset measuredAt)
    {
        using var plot = new Plot();
        var resident = plot.Add.ScatterLine(
            memory.Select(sample => sample.At.TotalMinutes).ToArray(), memory.Select(sample => sample.Megabytes).ToArray());
        resident.LegendText = "resident memory of the silo, MiB";
        var latency = plot.Add.ScatterLine(minutes.Select((_, i) => i + 0.5).ToArray(), minutes.Select(minute => minute.P99).ToArray());
        latency.LegendText = "p99 of each minute, ms";
        latency.Axes.YAxis = plot.Axes.Right;
        var stolen = plot.Add.ScatterLine(minutes.Select((_, i) => i + 0.5).ToArray(), minutes.Select(minute => minute.StolenPercent).ToArray());
        stolen.LegendText = "processors' time stolen by the hypervisor, %";
        stolen.Axes.YAxis = plot.Axes.Right;
        plot.Axes.SetLimitsY(0, memory.Max(sample => sample.Megabytes) * 1.1);
        plot.Axes.SetLimitsY(0, minutes.Max(minute => Math.Max(minute.P99, minute.StolenPercent)) * 1.5, plot.Axes.Right);
        plot.XLabel("minutes");
        plot.ShowLegend(Alignment.LowerRight);
        var folder = Directory.CreateDirectory(Path.Combine(arguments.Root, "bench", "results")).FullName;
        plot.SavePng(Path.Combine(folder, $"{measuredAt:yyyy-MM-dd}-serving.png"), Width, Height);
    }
}
