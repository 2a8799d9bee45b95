using System.Globalization;

namespace Levee.Bench;

/// <summary>
/// POST /predict, the full path with live features and the prediction log, against the peer that gets its features in the request and
/// logs nothing. The two take turns, so that a slow minute of the machine falls on both.
/// </summary>
internal sealed class PredictBenchmark(BenchArguments arguments) : IBenchmark
{
    private const double Floor = 1_000;
    private const int OpenLoopRate = 2_000;
    private const double OpenLoopLimitMilliseconds = 10;

    private readonly List<double> _leveeRate = [];
    private readonly List<double> _leveeP50 = [];
    private readonly List<double> _leveeP99 = [];
    private readonly List<double> _bestRate = [];
    private readonly List<double> _bestP50 = [];
    private readonly List<double> _bestP99 = [];
    private readonly List<double> _referenceRate = [];
    private readonly List<double> _openP50 = [];
    private readonly List<double> _openP99 = [];
    private long _failures;

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        using var folder = new WorkFolder();
        var bodies = PredictBodies.Make();
        var bodiesFile = Path.Combine(folder.Path, "bodies.txt");
        await File.WriteAllLinesAsync(bodiesFile, bodies.Select(System.Text.Encoding.UTF8.GetString), stop);
        var wrk = new Wrk(Path.Combine(arguments.Root, "bench", "predict.lua"), bodiesFile);

        Console.WriteLine("Starting Levee (the first start loads a history and trains) and the peers...");
        var (levee, leveeAddress) = await LeveeSilo.StartAsync(arguments.Root, folder.Data, folder.Path, null, stop);
        await using var leveeUntilEnd = levee;
        var (best, bestAddress) = await Peer.StartAsync(arguments.Root, "best", folder.Path, stop);
        await using var bestUntilEnd = best;
        var (reference, referenceAddress) = await Peer.StartAsync(arguments.Root, "reference", folder.Path, stop);
        await using var referenceUntilEnd = reference;

        Console.WriteLine("Warming up...");
        foreach (var address in (Uri[])[leveeAddress, bestAddress, referenceAddress])
        {
            await wrk.RunAsync(address, TimeSpan.FromSeconds(5), stop);
        }

        for (var round = 1; round <= arguments.Rounds; round++)
        {
            await RoundAsync(round, wrk, leveeAddress, bestAddress, referenceAddress, stop);
            levee.ThrowIfExited();
        }

        await OpenLoopAsync(new Uri(leveeAddress, "predict"), bodies, stop);
        return Summarize(measuredAt);
    }

    private async Task RoundAsync(int round, Wrk wrk, Uri leveeAddress, Uri bestAddress, Uri referenceAddress, CancellationToken stop)
    {
        var levee = await wrk.RunAsync(leveeAddress, arguments.Stretch, stop);
        _leveeRate.Add(levee.PerSecond);
        _leveeP50.Add(levee.P50Micros / 1000);
        _leveeP99.Add(levee.P99Micros / 1000);
        _failures += levee.Failures;

        var best = await wrk.RunAsync(bestAddress, arguments.Stretch, stop);
        _bestRate.Add(best.PerSecond);
        _bestP50.Add(best.P50Micros / 1000);
        _bestP99.Add(best.P99Micros / 1000);

        var reference = await wrk.RunAsync(referenceAddress, arguments.Stretch / 2, stop);
        _referenceRate.Add(reference.PerSecond);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {round}: Levee {levee.PerSecond:N0}/s, peer {best.PerSecond:N0}/s, the reference's own way {reference.PerSecond:N0}/s"));
    }

    private async Task OpenLoopAsync(Uri predict, IReadOnlyList<byte[]> bodies, CancellationToken stop)
    {
        using var loop = new OpenLoop(predict, bodies, OpenLoopRate);
        await loop.RunAsync(TimeSpan.FromSeconds(3), stop);
        for (var round = 1; round <= arguments.Rounds; round++)
        {
            var result = await loop.RunAsync(arguments.Stretch, stop);
            _failures += result.Failures;
            _openP50.Add(result.Latencies.PercentileMilliseconds(50));
            _openP99.Add(result.Latencies.PercentileMilliseconds(99));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"open loop {round}: p50 {_openP50[^1]:0.00} ms, p99 {_openP99[^1]:0.00} ms"));
        }
    }

    private Report Summarize(DateTimeOffset measuredAt)
    {
        var leveeRate = new Measure("/s", _leveeRate);
        var bestRate = new Measure("/s", _bestRate);
        var referenceRate = new Measure("/s", _referenceRate);
        return new Report
        {
            What = "predict",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                Comparison.RatioAtLeast("requests/s, wrk -t1 -c32", leveeRate, bestRate, 6),
                Comparison.Info("p50, wrk -t1 -c32", new Measure("ms", _leveeP50), new Measure("ms", _bestP50)),
                Comparison.Lower("p99, wrk -t1 -c32", new Measure("ms", _leveeP99), new Measure("ms", _bestP99)),
                Comparison.Info("requests/s, the reference's own way", leveeRate, referenceRate),
                Comparison.Info($"p50 at {OpenLoopRate}/s, open loop", new Measure("ms", _openP50)),
                Comparison.AtMost($"p99 at {OpenLoopRate}/s, open loop", new Measure("ms", _openP99), OpenLoopLimitMilliseconds),
                Comparison.AtMost("Levee's requests without a 200", new Measure("", [_failures]), 0),
            ],
            TooBusy = bestRate.Median < Floor
                ? string.Create(CultureInfo.InvariantCulture, $"the peer reached {bestRate.Median:N0}/s, its floor is {Floor:N0}/s; the machine was too busy.")
                : null,
            Protocol =
            [
                "Levee: POST /predict of the silo, live windows, model and prediction log, after its simulated history.",
                "Peer: FastAPI + XGBoost at its best, two uvloop workers, httptools, inplace_predict with one thread, features in the request, no log.",
                "The reference's own way: the same service with StandardScaler and predict_proba.",
                $"wrk -t1 -c32, {arguments.Stretch.TotalSeconds:0} s a stretch, the services in turn, {arguments.Rounds} rounds after 5 s of warm-up each.",
                $"Open loop: {OpenLoopRate} requests/s at fixed times, latency counted from when each was due.",
            ],
        };
    }
}
