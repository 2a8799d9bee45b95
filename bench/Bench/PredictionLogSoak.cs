using System.Diagnostics;
using System.Globalization;

namespace Levee.Bench;

/// <summary>
/// What becomes of answers and of the log when PostgreSQL is away for a minute, and when the silo is killed within such a minute.
/// </summary>
internal sealed class PredictionLogSoak(BenchArguments arguments) : IBenchmark
{
    private const int Rate = 2_000;
    private const int FlushMilliseconds = 1_000;
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan OutageOfKill = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Drained = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<byte[]> _bodies = PredictBodies.Make();
    private readonly List<Comparison> _lines = [];

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        await using var rig = await PredictionLogRig.StartAsync(arguments.Root, stop);
        await LoseTheDatabaseAsync(rig, stop);
        await KillTheSiloAsync(rig, stop);
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
