using System.Globalization;

namespace Levee.Bench;

/// <summary>
/// A silo under a steady load while event time runs fast, so that thirty days of windows fill and slide within minutes: once the longest
/// window is full, memory must not grow any more. What counts is the slope of the process's memory from then on.
/// </summary>
internal sealed class MemorySoak(BenchArguments arguments) : IBenchmark
{
    // A merchant's window keeps 45 days; event time covers twice that, so the second half of the run is all sliding.
    private static readonly TimeSpan EventSpan = TimeSpan.FromDays(90);
    private static readonly TimeSpan FullAfter = TimeSpan.FromDays(45);
    private static readonly TimeSpan SamplePause = TimeSpan.FromSeconds(1);
    private const int ProgressEvery = 30;
    private const double SlopeLimitPercent = 5;
    private static readonly TimeSpan ProbeTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(200);
    private const int ProbeRate = 30_000;
    private const double LoadShare = 0.8;

    // Less than the embedded broker's log holds, of which nothing may be dropped. A machine whose other guests take its time falls behind.
    private const long MostBehind = 150_000;

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        await using var rig = await IngestRig.StartAsync(arguments.Root, stop);
        var (source, rows, levee) = (rig.Source, rig.Rows, rig.Levee);
        var (probed, maximum) = await ProbeAsync(source, rows, levee, stop);
        var rate = (int)(maximum * LoadShare);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"At most {maximum:N0}/s; {arguments.Duration.TotalMinutes:0} minutes at {rate:N0}/s..."));

        var samples = new List<MemorySample>();
        using var producing = new SteadyLoad(source, Population.Unknown, rate, arguments.Duration, EventSpan, endsAgo: TimeSpan.Zero);
        var held = 0;
        var load = producing.RunAsync(stop);
        while (!load.IsCompleted)
        {
            levee.ThrowIfExited();
            producing.IsHeld = probed + producing.Produced - await rows.DoneAsync(stop) > MostBehind;
            held += producing.IsHeld ? 1 : 0;
            samples.Add(new MemorySample(producing.Elapsed, MemorySample.ResidentMegabytes(levee.Id)));
            if (samples.Count % ProgressEvery == 0)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{producing.Elapsed:mm\\:ss} {producing.Produced:N0} produced, {samples[^1].Megabytes:N0} MB"));
            }

            await Task.WhenAny(load, Task.Delay(SamplePause, stop));
        }

        await load;
        var counted = await rows.WaitForTotalAsync(probed + producing.Produced, TimeSpan.FromSeconds(90), stop);
        var full = samples.Where(sample => sample.At >= arguments.Duration * (FullAfter / EventSpan)).ToList();
        var mean = full.Average(sample => sample.Megabytes);
        var slope = MemorySample.MegabytesAMinute(full) * full[^1].At.Subtract(full[0].At).TotalMinutes / mean * 100;
        if (arguments.Save)
        {
            MemoryPlot.Save(samples, arguments, measuredAt);
        }

        return new Report
        {
            What = "memory",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                Comparison.Info("transactions/s asked for", new Measure("/s", [rate])),
                Comparison.Info("transactions/s that came", new Measure("/s", [producing.Produced / arguments.Duration.TotalSeconds])),
                Comparison.Info("time in which the load held still", new Measure("%", [100.0 * held / samples.Count])),
                Comparison.Info("memory while windows slide, mean", new Measure("MB", [mean])),
                Comparison.AtMost("growth over that time, by the line of least squares", new Measure("%", [slope]), SlopeLimitPercent),
                Comparison.AtMost("transactions without a row", new Measure("", [probed + producing.Produced - counted]), 0),
            ],
            Protocol =
            [
                $"One silo, {Population.Unknown.Name}, {arguments.Duration.TotalMinutes:0} minutes at {LoadShare:P0} of what it took in before, when asked for as much as it could and event time ran as fast.",
                $"Event time runs from {EventSpan.TotalDays:0} days ago to now meanwhile; windows keep up to {FullAfter.TotalDays:0} days, so in the second half they only slide.",
                $"The load holds still while the silo is more than {MostBehind:N0} records behind, which the embedded broker's log can just hold.",
                "Memory: resident memory of the silo's process, each second.",
            ],
        };
    }

    /// <summary>
    /// What the silo takes in a second, and keeps up with, while event time runs as fast as in the soak: each transaction begins minutes anew, which
    /// costs more than many at the same moment.
    /// </summary>
    private async Task<(long Produced, double Maximum)> ProbeAsync(
        TransactionSource source, DurableRows rows, ServiceProcess levee, CancellationToken stop)
    {
        using var producing = new SteadyLoad(
            source, Population.Unknown, ProbeRate, ProbeTime, EventSpan * (ProbeTime / arguments.Duration), endsAgo: EventSpan);
        var load = producing.RunAsync(stop);
        var (half, halfAt) = (0L, TimeSpan.Zero);
        while (!load.IsCompleted)
        {
            levee.ThrowIfExited();
            var done = await rows.DoneAsync(stop);
            producing.IsHeld = producing.Produced - done > MostBehind / 2;
            if (halfAt == TimeSpan.Zero && producing.Elapsed > ProbeTime / 2)
            {
                (half, halfAt) = (done, producing.Elapsed);
            }

            await Task.WhenAny(load, Task.Delay(ProbePause, stop));
        }

        await load;
        return (producing.Produced, (await rows.DoneAsync(stop) - half) / (producing.Elapsed - halfAt).TotalSeconds);
    }
}
