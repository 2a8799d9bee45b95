using System.Globalization;

namespace Levee.Bench.Serving;

/// <summary>
/// POST /predict at 60 % of the highest rate that it keeps up, in an open loop, while thousands of connections idle: memory must not grow, no request may
/// fail, and no minute's p99 may be more than twice the first one's.
/// </summary>
internal sealed class ServingSoak(BenchArguments arguments) : IBenchmark
{
    private const int IdleCount = 10_000;
    private const double LoadShare = 0.6;
    private const double SlopeLimitPercent = 5;
    private const double LatencyLimit = 2;
    private const int OverloadRate = 100_000;
    private const int LeastCalmSeconds = 10;

    // Buffers, pools and compiled code are complete after the first third.
    private const double FullAfter = 1 / 3.0;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SamplePause = TimeSpan.FromSeconds(1);

    private readonly List<MemorySample> _memory = [];
    private readonly List<ServingSample> _minutes = [];
    private long _failures;
    private long _answers;

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        Console.WriteLine("Starting PostgreSQL, the broker and Levee (the first start loads a history and trains)...");
        var settings = new Dictionary<string, string> { ["Levee__Server__KeepAliveTimeout"] = "01:00:00" };
        await using var rig = await ServingRig.StartAsync(arguments.Root, settings, stop);
        using var meter = new LoadMeter(rig.Wrk, rig.PostgresId);
        await meter.WarmUpAsync(new LoadTarget("warm-up", rig.Address, "/predict", []), stop);
        var predict = new Uri(rig.Address, "predict");
        using var idle = await IdleConnections.OpenAsync(rig.Address, IdleCount, stop);
        var maximum = await FindMaximumAsync(rig, predict, stop);
        var rate = (int)(maximum * LoadShare);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"At most {maximum:N0}/s; {arguments.Duration.TotalMinutes:0} minutes at {rate:N0}/s, {idle.Open:N0} idle connections..."));

        await SoakAsync(rig, predict, rate, stop);
        var stillOpen = idle.Open;
        if (arguments.Save)
        {
            ServingPlot.Save(_memory, _minutes, arguments, measuredAt);
        }

        return Summarize(measuredAt, rate, stillOpen);
    }

    /// <summary>
    /// What is answered and in the log a second over a minute in which this generator asks for more than there is. More is answered for a few
    /// seconds, while the log's rows collect on the disk; that is no rate to go on at.
    /// </summary>
    private static async Task<double> FindMaximumAsync(ServingRig rig, Uri predict, CancellationToken stop)
    {
        using var loop = new OpenLoop(predict, rig.Bodies, OverloadRate) { MostInFlight = 64 };
        var before = await rig.WaitForLoggedAsync(0, stop);
        var answers = (await loop.RunAsync(Minute, stop)).Latencies.Count;
        var logged = await rig.WaitForLoggedAsync(0, stop) - before;
        return await rig.WaitForLoggedAsync(before + answers, stop) < before + answers
            ? throw new BenchException("Predictions that were answered are missing from the log.")
            : Math.Min(answers, logged) / Minute.TotalSeconds;
    }

    private async Task SoakAsync(ServingRig rig, Uri predict, int rate, CancellationToken stop)
    {
        using var loop = new OpenLoop(predict, rig.Bodies, rate);
        using var client = new HttpClient();

        // The first minute is the measure of all others, so it must not be the one in which the silo meets this load and these connections.
        var settling = await loop.RunAsync(Minute, stop);
        _failures += settling.Failures;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"minute that does not count: p99 {settling.Latencies.PercentileMilliseconds(99):0.00} ms"));
        var stolen = new StolenTime();
        var paused = await PauseSecondsAsync();
        var started = TimeProvider.System.GetTimestamp();
        for (var minute = 1; minute <= (int)arguments.Duration.TotalMinutes; minute++)
        {
            var seconds = new SecondLatencies((int)Minute.TotalSeconds);
            loop.Measured = seconds.Record;
            var load = loop.RunAsync(Minute, stop);
            await SampleAsync(rig, load, seconds, started, stop);
            var result = await load;
            _failures += result.Failures;
            _answers += result.Latencies.Count;
            var (before, latencies) = (paused, result.Latencies);
            paused = await PauseSecondsAsync();
            var sample = new ServingSample(
                latencies.PercentileMilliseconds(50),
                latencies.PercentileMilliseconds(99),
                seconds.Calm(out var calm).PercentileMilliseconds(99),
                calm,
                result.Lateness.PercentileMilliseconds(99),
                stolen.PercentSinceLast(),
                (paused - before) * 1_000);
            _minutes.Add(sample);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"minute {minute}: p50 {sample.P50:0.00} ms, p99 {sample.P99:0.00} ms (in {sample.CalmSeconds} calm seconds {sample.CalmP99:0.00} ms, " +
                $"sent late {sample.Late:0.00} ms), {_memory[^1].Megabytes:N0} MiB, GC paused {sample.PausedMilliseconds:N0} ms, stolen {sample.StolenPercent:0.0} %"));
        }

        Task<double> PauseSecondsAsync() => ServiceMetrics.ReadAsync(client, rig.Address, ServiceMetrics.PauseSeconds, stop);
    }

    /// <summary>Each second until the load has ended: memory, and what was stolen.</summary>
    private async Task SampleAsync(ServingRig rig, Task load, SecondLatencies seconds, long soakStarted, CancellationToken stop)
    {
        var (started, from, stolen) = (TimeProvider.System.GetTimestamp(), TimeSpan.Zero, new StolenTime());
        while (!load.IsCompleted)
        {
            rig.Levee.ThrowIfExited();
            _memory.Add(new MemorySample(TimeProvider.System.GetElapsedTime(soakStarted), MemorySample.ResidentMegabytes(rig.Levee.Id)));
            await Task.WhenAny(load, Task.Delay(SamplePause, stop));
            var to = TimeProvider.System.GetElapsedTime(started);
            seconds.Stolen(from, to, stolen.PercentSinceLast());
            from = to;
        }
    }

    private Report Summarize(DateTimeOffset measuredAt, int rate, int stillOpen)
    {
        var full = _memory.Where(sample => sample.At >= arguments.Duration * FullAfter).ToList();
        var mean = full.Average(sample => sample.Megabytes);
        var slope = MemorySample.GrowthPercent(full);
        var worst = _minutes.Max(minute => minute.P99) / _minutes[0].P99;
        var calmShare = 100.0 * _minutes.Sum(minute => minute.CalmSeconds) / (_minutes.Count * Minute.TotalSeconds);
        return new Report
        {
            What = "serving",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                Comparison.Info("requests/s", new Measure("/s", [rate])),
                Comparison.Info("answers", new Measure("", [_answers])),
                Comparison.AtMost("requests without a 200", new Measure("", [_failures]), 0),
                Comparison.Info("p99 of the first minute", new Measure("ms", [_minutes[0].P99])),
                Comparison.AtMost("the worst minute's p99, in times of the first one's", new Measure("x", [worst]), LatencyLimit),
                Comparison.Info("seconds in which hardly anything was stolen, of all", new Measure("%", [calmShare])),
                .. CalmLines(),
                Comparison.Info(
                    "processors' time stolen, of all minutes", new Measure("%", [.. _minutes.Select(minute => minute.StolenPercent)])),
                Comparison.Info(
                    "p99 of how late they were sent, of all minutes", new Measure("ms", [.. _minutes.Select(minute => minute.Late)])),
                Comparison.Info("p99 of all minutes", new Measure("ms", [.. _minutes.Select(minute => minute.P99)])),
                Comparison.Info(
                    "garbage collector's pauses a minute", new Measure("ms", [.. _minutes.Select(minute => minute.PausedMilliseconds)])),
                Comparison.Info("memory after the first third, mean", new Measure("MiB", [mean])),
                Comparison.AtMost("growth from then on, by the line of least squares", new Measure("%", [slope]), SlopeLimitPercent),
                Comparison.AtLeast("idle connections still open", new Measure("", [stillOpen]), IdleCount),
            ],
            Protocol =
            [
                $"One silo with the API; {arguments.Duration.TotalMinutes:0} minutes at {LoadShare:P0} of what was answered and in PostgreSQL a second over a minute in which the same generator asked for as much as it got, after a minute at that rate that does not count.",
                "Open loop: requests at fixed times, latency counted from when each was due; the generator shares the cores, and how late it sent is in the latencies.",
                $"{IdleCount:N0} connections are open all the time and ask for nothing.",
                "Memory: resident memory of the silo's process, each second.",
                "Stolen: what the hypervisor gave to other machines although this one had work (/proc/stat). Seconds in which hardly anything was stolen: " +
                $"less than 2 %, in the second before as well; minutes with fewer than {LeastCalmSeconds} of them are left out.",
            ],
        };
    }

    private Comparison[] CalmLines()
    {
        var calm = _minutes.Where(minute => minute.CalmSeconds >= LeastCalmSeconds).Select(minute => minute.CalmP99).ToArray();
        return calm.Length == 0
            ? []
            :
            [
                Comparison.AtMost(
                    "the worst minute's p99 in those seconds, in times of the first such minute's", new Measure("x", [calm.Max() / calm[0]]), LatencyLimit),
                Comparison.Info("p99 of all minutes in those seconds", new Measure("ms", calm)),
            ];
    }
}
