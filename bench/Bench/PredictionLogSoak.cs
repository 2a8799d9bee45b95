using System.Diagnostics;
using System.Globalization;

namespace Levee.Bench;

/// <summary>
/// What becomes of answers and of the log when PostgreSQL is away for a minute, when the silo is killed within such a minute, and when
/// much more is asked than can be answered.
/// </summary>
internal sealed class PredictionLogSoak(BenchArguments arguments) : IBenchmark
{
    private const int Rate = 2_000;
    private const int FlushMilliseconds = 1_000;
    private const int UsualConnections = 64;
    private const int OverloadConnections = 2_000;
    private const int CallerRate = 200;
    private const double AcceptedP99Limit = 500;
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan OutageOfKill = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Drained = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Overload = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<byte[]> _bodies = PredictBodies.Make();
    private readonly List<Comparison> _lines = [];

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        await using var rig = await PredictionLogRig.StartAsync(arguments.Root, stop);
        await LoseTheDatabaseAsync(rig, stop);
        await KillTheSiloAsync(rig, stop);
        await AskTooMuchAsync(rig, stop);
        return new Report
        {
            What = "prediction-log",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines = _lines,
            Protocol =
            [
                $"One silo with its API, PostgreSQL and the load generator on the same machine; {Rate:N0} requests/s, open loop, latencies from when each was due.",
                $"PostgreSQL is killed after {Before.TotalSeconds:0} s and started again {Outage.TotalSeconds:0} s later; every answered prediction_id is looked up in table predictions.",
                $"Then it is killed again, and the silo (kill -9) {OutageOfKill.TotalSeconds:0} s later under load; both are started again. Flush interval: {FlushMilliseconds:N0} ms, with fsync.",
                $"Overload: wrk with {OverloadConnections:N0} connections, each of which asks again as soon as it has an answer or a refusal, and beside it a caller with {CallerRate} requests/s, open loop.",
            ],
        };
    }

    private async Task LoseTheDatabaseAsync(PredictionLogRig rig, CancellationToken stop)
    {
        var logged = new LoggedPredictions(rig.Database);
        using var load = new OpenLoop(new Uri(rig.Address, "predict"), _bodies, Rate, logged.Add);
        await load.RunAsync(TimeSpan.FromSeconds(5), stop);
        var well = await load.RunAsync(Before, stop);
        Console.WriteLine(Text($"p99 {well.Latencies.PercentileMilliseconds(99):0.0} ms; PostgreSQL goes away for {Outage.TotalSeconds:0} s..."));
        await rig.Postgres.KillAsync();
        var outage = await load.RunAsync(Outage, stop);
        var bytes = rig.SpooledBytes;
        await rig.Postgres.RestartAsync(stop);
        var started = Stopwatch.GetTimestamp();
        var after = await load.RunAsync(Before, stop);
        await WaitForAsync(() => rig.SpooledBytes == 0, stop);
        var empty = Stopwatch.GetElapsedTime(started);
        var (missing, _) = await logged.WaitAsync(long.MaxValue, Drained, stop);
        Note(
        [
            Comparison.Info("p99 before, PostgreSQL well", new Measure("ms", [well.Latencies.PercentileMilliseconds(99)])),
            Comparison.Info("p99 while it is away", new Measure("ms", [outage.Latencies.PercentileMilliseconds(99)])),
            Comparison.Info("p99 while it catches up", new Measure("ms", [after.Latencies.PercentileMilliseconds(99)])),
            Comparison.AtMost("requests that failed", new Measure("", [well.Failures + outage.Failures + after.Failures]), 0),
            Comparison.Info("predictions answered", new Measure("", [logged.Answered])),
            Comparison.Info("on the disk at the end of the outage", new Measure("MB", [bytes / 1e6])),
            Comparison.Info("from PostgreSQL's start until the disk was empty, at the same load", new Measure("s", [empty.TotalSeconds])),
            Comparison.AtMost("answered and not in the table", new Measure("", [missing.Count]), 0),
            Comparison.AtMost("ids answered twice", new Measure("", [logged.Repeated]), 0),
        ]);
    }

    private async Task KillTheSiloAsync(PredictionLogRig rig, CancellationToken stop)
    {
        Console.WriteLine(Text($"PostgreSQL goes away again, and the silo is killed {OutageOfKill.TotalSeconds:0} s later..."));
        var logged = new LoggedPredictions(rig.Database);
        using var load = new OpenLoop(new Uri(rig.Address, "predict"), _bodies, Rate, logged.Add);
        await rig.Postgres.KillAsync();
        var loading = load.RunAsync(OutageOfKill + TimeSpan.FromSeconds(5), stop);
        await Task.Delay(OutageOfKill, stop);
        await rig.Silo.KillAsync();
        var killed = Stopwatch.GetTimestamp();
        await loading;
        await rig.Postgres.RestartAsync(stop);
        await rig.StartSiloAsync(stop);
        var safe = killed - (FlushMilliseconds * Stopwatch.Frequency / 1_000);
        var (missing, _) = await logged.WaitAsync(safe, Drained, stop);
        var (lost, _) = await logged.WaitAsync(long.MaxValue, TimeSpan.Zero, stop);
        Note(
        [
            Comparison.Info("kill -9 within an outage: predictions answered", new Measure("", [logged.Answered])),
            Comparison.AtMost("answered a flush interval before the kill and not in the table", new Measure("", [missing.Count]), 0),
            Comparison.Info("answered later and not in the table", new Measure("", [lost.Count])),
            Comparison.AtMost(
                "how long before the kill the first of them was answered",
                new Measure("ms", [lost.Count == 0 ? 0 : Stopwatch.GetElapsedTime(lost.Min(), killed).TotalMilliseconds]),
                FlushMilliseconds),
        ]);
    }

    private async Task AskTooMuchAsync(PredictionLogRig rig, CancellationToken stop)
    {
        var bodiesFile = Path.Combine(rig.LogFolder, "bodies.txt");
        await File.WriteAllLinesAsync(bodiesFile, _bodies.Select(System.Text.Encoding.UTF8.GetString), stop);
        var wrk = new Wrk(Path.Combine(arguments.Root, "bench", "predict.lua"), bodiesFile);
        await wrk.RunAsync(rig.Address, TimeSpan.FromSeconds(3), stop, UsualConnections);
        var usual = await wrk.RunAsync(rig.Address, arguments.Stretch, stop, UsualConnections);
        Console.WriteLine(Text($"{usual.PerSecond:N0}/s with {UsualConnections} connections; now {OverloadConnections:N0} ask without a pause..."));

        // What a single caller among them sees: requests at fixed times, so that those that wait are not forgotten.
        using var caller = new OpenLoop(new Uri(rig.Address, "predict"), _bodies, CallerRate);
        var flooding = wrk.RunAsync(rig.Address, Overload + TimeSpan.FromSeconds(4), stop, OverloadConnections);
        await Task.Delay(TimeSpan.FromSeconds(2), stop);
        var seen = await caller.RunAsync(Overload, stop);
        var flood = await flooding;
        var seconds = flood.DurationMicros / 1e6;
        Note(
        [
            Comparison.Info(Text($"answers, wrk -t1 -c{UsualConnections}"), new Measure("/s", [usual.PerSecond])),
            Comparison.Info(Text($"refused, wrk -t1 -c{UsualConnections}"), new Measure("/s", [usual.StatusErrors / (usual.DurationMicros / 1e6)])),
            Comparison.Info(Text($"answers, wrk -t1 -c{OverloadConnections}"), new Measure("/s", [flood.PerSecond])),
            Comparison.Info("refused with 429 beside them", new Measure("/s", [flood.StatusErrors / seconds])),
            Comparison.Info("asked, by what can be answered", new Measure("x", [flood.Requests / seconds / flood.PerSecond])),
            Comparison.AtMost("failed otherwise, of a caller's requests", new Measure("", [seen.Failures - caller.Refusals.Count]), 0),
            Comparison.AtMost("p99 of a caller's answers", new Measure("ms", [seen.Latencies.PercentileMilliseconds(99)]), AcceptedP99Limit),
            Comparison.Info("p50 of a caller's refusals", new Measure("ms", [caller.Refusals.PercentileMilliseconds(50)])),
        ]);
    }

    private void Note(Comparison[] lines)
    {
        _lines.AddRange(lines);
        foreach (var line in lines)
        {
            Console.WriteLine(Text($"  {line.Name}: {line.Levee.Median:N1} {line.Levee.Unit}"));
        }
    }

    private static async Task WaitForAsync(Func<bool> holds, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        while (!holds() && Stopwatch.GetElapsedTime(started) < Drained)
        {
            await Task.Delay(50, stop);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
