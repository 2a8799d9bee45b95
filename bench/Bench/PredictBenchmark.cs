using System.Globalization;
using Levee.Bench.Serving;

namespace Levee.Bench;

/// <summary>
/// POST /predict, the full path with live features and the prediction log, against the peer that gets its features in the request and
/// logs nothing. The two take turns, so that a slow minute of the machine falls on both. Then what each part of the path costs.
/// </summary>
internal sealed class PredictBenchmark(BenchArguments arguments) : IBenchmark
{
    private const double Floor = 1_000;
    private const int OpenLoopRate = 2_000;
    private const double OpenLoopLimitMilliseconds = 10;
    private const int BatchRows = 1_000;
    private const double BatchMust = 40_000;

    private readonly List<double> _openP50 = [];
    private readonly List<double> _openP99 = [];
    private readonly List<LoadFigures> _parts = [];
    private LoadFigures _levee = null!;
    private LoadFigures _best = null!;
    private LoadFigures _reference = null!;
    private LoadFigures _batch = null!;
    private long _openFailures;
    private long _unlogged;

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        Console.WriteLine("Starting PostgreSQL, the broker, Levee (the first start loads a history and trains) and the peers...");
        await using var rig = await ServingRig.StartAsync(arguments.Root, new Dictionary<string, string>(), stop);
        using var meter = new LoadMeter(rig.Wrk, rig.PostgresId);
        await CompareAsync(rig, meter, stop);
        await OpenLoopAsync(new Uri(rig.Address, "predict"), rig.Bodies, stop);
        await MeasurePartsAsync(rig, meter, stop);
        await MeasureOthersAsync(rig, meter, stop);
        rig.Levee.ThrowIfExited();
        _unlogged = Math.Max(0, meter.Logged - await rig.WaitForLoggedAsync(meter.Logged, stop));
        return Summarize(measuredAt);
    }

    private async Task CompareAsync(ServingRig rig, LoadMeter meter, CancellationToken stop)
    {
        var (best, bestAddress) = await Peer.StartAsync(arguments.Root, "best", rig.LogFolder, stop);
        await using var bestUntilEnd = best;
        var (reference, referenceAddress) = await Peer.StartAsync(arguments.Root, "reference", rig.LogFolder, stop);
        await using var referenceUntilEnd = reference;
        _levee = new LoadFigures(Silo(rig, "full path in one process", "/predict"));
        _best = new LoadFigures(new LoadTarget("peer at its best", bestAddress, "/predict", [(best.Id, null)]));
        _reference = new LoadFigures(new LoadTarget("the reference's own way", referenceAddress, "/predict", [(reference.Id, null)]));

        Console.WriteLine("Warming up...");
        foreach (var figures in (LoadFigures[])[_levee, _best, _reference])
        {
            await meter.WarmUpAsync(figures.Target, stop);
        }

        for (var round = 1; round <= arguments.Rounds; round++)
        {
            _levee.Add(await meter.RunAsync(_levee.Target, arguments.Stretch, stop));
            _best.Add(await meter.RunAsync(_best.Target, arguments.Stretch, stop));
            _reference.Add(await meter.RunAsync(_reference.Target, arguments.Stretch / 2, stop));
            rig.Levee.ThrowIfExited();
        }
    }

    private async Task OpenLoopAsync(Uri predict, IReadOnlyList<byte[]> bodies, CancellationToken stop)
    {
        using var loop = new OpenLoop(predict, bodies, OpenLoopRate);
        await loop.RunAsync(TimeSpan.FromSeconds(3), stop);
        for (var round = 1; round <= arguments.Rounds; round++)
        {
            var result = await loop.RunAsync(arguments.Stretch, stop);
            _openFailures += result.Failures;
            _openP50.Add(result.Latencies.PercentileMilliseconds(50));
            _openP99.Add(result.Latencies.PercentileMilliseconds(99));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"open loop {round}: p50 {_openP50[^1]:0.00} ms, p99 {_openP99[^1]:0.00} ms, {result.Failures} without a 200"));
        }
    }

    private async Task MeasurePartsAsync(ServingRig rig, LoadMeter meter, CancellationToken stop)
    {
        var (bare, address) = await BareProgram.StartAsync(rig.LogFolder, await rig.ExportModelAsync(stop), stop);
        await using (bare)
        {
            await MeasureAsync(meter, new LoadTarget("no-op endpoint", address, "/noop", [(bare.Id, address)]), stop);
            await MeasureAsync(meter, new LoadTarget("model only", address, "/model", [(bare.Id, address)]), stop);
        }

        _parts.Add(_levee);
        await MeasureAsync(meter, Silo(rig, "with reasons", "/predict?explain=true"), stop);
        _batch = await MeasureAsync(
            meter, Silo(rig, $"a row of a batch of {BatchRows:N0}", "/predict/batch") with { Rows = BatchRows, Connections = 2 }, stop);
    }

    private async Task MeasureOthersAsync(ServingRig rig, LoadMeter meter, CancellationToken stop)
    {
        var (api, apiAddress) = await rig.StartApiAsync(stop);
        await using (api)
        {
            (int, Uri?)[] servers = [(api.Id, apiAddress), (rig.Levee.Id, rig.Address)];
            await MeasureAsync(meter, new LoadTarget("full path, the API apart", apiAddress, "/predict", servers) { IsLogged = true }, stop);
        }

        var (second, secondAddress) = await rig.StartSecondSiloAsync(stop);
        await using (second)
        {
            (int, Uri?)[] servers = [(second.Id, secondAddress), (rig.Levee.Id, rig.Address)];
            await MeasureAsync(
                meter, new LoadTarget("two silos, customer on the other", secondAddress, "/predict", servers) { IsLogged = true }, stop);
        }
    }

    private async Task<LoadFigures> MeasureAsync(LoadMeter meter, LoadTarget target, CancellationToken stop)
    {
        var figures = new LoadFigures(target);
        _parts.Add(figures);
        await meter.WarmUpAsync(target, stop);
        for (var round = 1; round <= arguments.Rounds; round++)
        {
            figures.Add(await meter.RunAsync(target, arguments.Stretch / 2, stop));
        }

        return figures;
    }

    private static LoadTarget Silo(ServingRig rig, string name, string path) =>
        new(name, rig.Address, path, [(rig.Levee.Id, rig.Address)]) { IsLogged = true };

    private Report Summarize(DateTimeOffset measuredAt) => new()
    {
        What = "predict",
        MeasuredAt = measuredAt,
        Machine = Machine.Current(),
        Lines =
        [
            Comparison.RatioAtLeast("requests/s, wrk -t1 -c32", _levee.Rate, _best.Rate, 6),
            Comparison.Info("p50, wrk -t1 -c32", _levee.P50, _best.P50),
            Comparison.Lower("p99, wrk -t1 -c32", _levee.P99, _best.P99),
            Comparison.Info("p99.9, wrk -t1 -c32", _levee.P999, _best.P999),
            Comparison.Info("requests/s, the reference's own way", _levee.Rate, _reference.Rate),
            Comparison.Info($"p50 at {OpenLoopRate}/s, open loop", new Measure("ms", _openP50)),
            Comparison.AtMost($"p99 at {OpenLoopRate}/s, open loop", new Measure("ms", _openP99), OpenLoopLimitMilliseconds),
            Comparison.AtLeast($"rows/s, POST /predict/batch, {BatchRows:N0} rows a request", _batch.Rate, BatchMust),
            Comparison.AtMost("Levee's requests without a 200", new Measure("", [_openFailures + _parts.Sum(part => part.Failures)]), 0),
            Comparison.Info("answers whose row is not in the prediction log", new Measure("", [_unlogged])),
        ],
        Details = new DetailTable(LoadFigures.Head, [.. _parts.Concat([_best, _reference]).Select(part => part.ToRow())]),
        TooBusy = _best.Rate.Median < Floor
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the peer reached {_best.Rate.Median:N0}/s, its floor is {Floor:N0}/s; the machine was too busy.")
            : null,
        Protocol =
        [
            "Levee: POST /predict of the silo, live windows, model and prediction log, after its simulated history.",
            "Peer: FastAPI + XGBoost at its best, two uvloop workers, httptools, inplace_predict with one thread, features in the request, "
                + "no log.",
            "The reference's own way: the same service with StandardScaler and predict_proba.",
            $"wrk -t1 -c32, {arguments.Stretch.TotalSeconds:0} s a stretch, the services in turn, {arguments.Rounds} rounds, after each has "
                + "been loaded until it got no faster twice in a row. Without a 200: a 429 of the overload control counts too.",
            $"Open loop: {OpenLoopRate} requests/s at fixed times, latency counted from when each was due.",
            "One transaction: the same load on parts of the path, half as long. No-op and model only are a bare server of the benchmark's "
                + "own, not the product.",
            "CPU is user and system time from /proc, of all processes of the service that take part, and of PostgreSQL, which stores the log "
                + "meanwhile, also what it was still writing when the stretch began.",
            "Two silos: every request reaches the silo that does not have the customer, which is the worst case.",
            "Batch: wrk -t1 -c2; latencies are of the whole request.",
        ],
    };
}
