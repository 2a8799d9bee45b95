using System.Globalization;

namespace Levee.Bench;

/// <summary>
/// A silo under a steady load while event time runs fast, so that the windows of weeks fill and slide within minutes. They are filled first,
/// at as much as the silo takes in; then memory must not grow any more.
/// </summary>
internal sealed class MemorySoak(BenchArguments arguments) : IBenchmark
{
    // Event time that passes in the soak: twice what the longest window, a merchant's, keeps.
    private static readonly TimeSpan EventSpan = TimeSpan.FromDays(90);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(45);
    private const int ProgressEvery = 30;
    private const double GrowthLimitPercent = 5;
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan SamplePause = TimeSpan.FromSeconds(1);
    private const int FillRate = 30_000;
    private const double LoadShare = 0.8;

    // Less than the embedded broker's log holds, of which nothing may be dropped. A machine whose other guests take its time falls behind.
    private const long MostBehind = 150_000;

    private readonly List<MemorySample> _resident = [];
    private readonly List<MemorySample> _live = [];
    private readonly List<double> _liveAtRest = [];

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        await using var rig = await IngestRig.StartAsync(arguments.Root, stop);
        var fillTime = arguments.Duration * (LongestWindow / EventSpan);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{fillTime.TotalMinutes:0.#} minutes at as much as the silo takes in, until the windows are full..."));
        using var filling = new SteadyLoad(rig.Source, Population.Unknown, FillRate, fillTime, LongestWindow, endsAgo: EventSpan);
        var maximum = await FillAsync(rig, filling, stop);
        var rate = (int)(maximum * LoadShare);
        await RestAsync(rig, filling.Produced, stop);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"At most {maximum:N0}/s; {arguments.Duration.TotalMinutes:0} minutes at {rate:N0}/s..."));

        using var load = new SteadyLoad(rig.Source, Population.Unknown, rate, arguments.Duration, EventSpan, endsAgo: TimeSpan.Zero);
        var held = await SoakAsync(rig, load, filling.Produced, stop);
        var produced = filling.Produced + load.Produced;
        var counted = await RestAsync(rig, produced, stop);
        if (arguments.Save)
        {
            MemoryPlot.Save(_resident, _live, arguments, measuredAt);
        }

        var resident = _resident.Where(sample => sample.At >= arguments.Duration / 2).ToList();
        return new Report
        {
            What = "memory",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                Comparison.Info("transactions/s asked for", new Measure("/s", [rate])),
                Comparison.Info("transactions/s that came", new Measure("/s", [load.Produced / arguments.Duration.TotalSeconds])),
                Comparison.Info("time in which the load held still", new Measure("%", [100.0 * held / _resident.Count])),
                Comparison.Info("resident memory in the second half, mean", new Measure("MiB", [resident.Average(sample => sample.Megabytes)])),
                Comparison.AtMost(
                    "resident memory's growth over that time, by the line of least squares",
                    new Measure("%", [MemorySample.GrowthPercent(resident)]),
                    GrowthLimitPercent),
                Comparison.Info("live heap at rest, before those minutes and after them", new Measure("MiB", [.. _liveAtRest])),
                Comparison.AtMost(
                    "live heap's growth from before to after",
                    new Measure("%", [100 * ((_liveAtRest[^1] / _liveAtRest[0]) - 1)]),
                    GrowthLimitPercent),
                Comparison.AtMost("transactions without a row", new Measure("", [produced - counted]), 0),
            ],
            Protocol =
            [
                $"One silo, {Population.Unknown.Name}. First its windows are filled: {fillTime.TotalMinutes:0.#} minutes at as much as it takes in, while event time runs over the {LongestWindow.TotalDays:0} days that the longest window keeps.",
                $"Then {arguments.Duration.TotalMinutes:0} minutes at {LoadShare:P0} of what it took in over the second half of those, while event time goes on over {EventSpan.TotalDays:0} days to the present.",
                $"The load holds still while the silo is more than {MostBehind:N0} records behind, which the embedded broker's log can just hold.",
                "Resident memory: of the silo's process, each second.",
                "Live heap at rest: what a full collection finds in use that the benchmark asks for when the silo has caught up, once the windows are full and at the end. The plot has what the last full collection found, also while records were on their way.",
            ],
        };
    }

    /// <summary>What the silo takes in a second while it keeps up, over the second half of the load.</summary>
    private static async Task<double> FillAsync(IngestRig rig, SteadyLoad filling, CancellationToken stop)
    {
        var load = filling.RunAsync(stop);
        var (half, halfAt) = (0L, TimeSpan.Zero);
        while (!load.IsCompleted)
        {
            rig.Levee.ThrowIfExited();
            var done = await rig.Rows.DoneAsync(stop);
            filling.IsHeld = filling.Produced - done > MostBehind / 2;
            if (halfAt == TimeSpan.Zero && filling.Elapsed > filling.Duration / 2)
            {
                (half, halfAt) = (done, filling.Elapsed);
            }

            await Task.WhenAny(load, Task.Delay(SamplePause / 5, stop));
        }

        await load;
        return (await rig.Rows.DoneAsync(stop) - half) / (filling.Elapsed - halfAt).TotalSeconds;
    }

    /// <summary>How many of the samples were taken while the load held still.</summary>
    private async Task<int> SoakAsync(IngestRig rig, SteadyLoad soaking, long before, CancellationToken stop)
    {
        using var client = new HttpClient();
        var held = 0;
        var load = soaking.RunAsync(stop);
        while (!load.IsCompleted)
        {
            rig.Levee.ThrowIfExited();
            soaking.IsHeld = before + soaking.Produced - await rig.Rows.DoneAsync(stop) > MostBehind;
            held += soaking.IsHeld ? 1 : 0;
            _resident.Add(new MemorySample(soaking.Elapsed, MemorySample.ResidentMegabytes(rig.Levee.Id)));
            var live = await ServiceMetrics.ReadAsync(client, rig.Address, ServiceMetrics.LiveHeapBytes, stop) / MemorySample.Mebibyte;
            _live.Add(new MemorySample(soaking.Elapsed, live));
            if (_resident.Count % ProgressEvery == 0)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{soaking.Elapsed:mm\\:ss} {soaking.Produced:N0} produced, {_resident[^1].Megabytes:N0} MiB, {live:N0} MiB of them live"));
            }

            await Task.WhenAny(load, Task.Delay(SamplePause, stop));
        }

        await load;
        return held;
    }

    /// <summary>The live heap when nothing is on its way; returns how many rows there are then.</summary>
    private async Task<long> RestAsync(IngestRig rig, long produced, CancellationToken stop)
    {
        var counted = await rig.Rows.WaitForTotalAsync(produced, CatchUpPatience, stop);
        using var client = new HttpClient();
        await FullCollection.InduceAsync(rig.Levee.Id, stop);
        _liveAtRest.Add(await ServiceMetrics.ReadAsync(client, rig.Address, ServiceMetrics.LiveHeapBytes, stop) / MemorySample.Mebibyte);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"At rest {_liveAtRest[^1]:N0} MiB are live"));
        return counted;
    }
}
