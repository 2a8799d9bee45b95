using System.Globalization;
using Levee.Embedded;
using Levee.Features;
using Npgsql;

namespace Levee.Bench;

/// <summary>
/// Kafka to grains to durable rows, against consuming the same records and copying them into the same server. The silo runs all the time,
/// as it would; producing a round's records while it works costs Levee a little and the baseline nothing.
/// </summary>
internal sealed class IngestBenchmark(BenchArguments arguments) : IBenchmark
{
    private const int Count = 100_000;
    private const double RateLimit = 15_000;
    private const double RatioLimit = 0.25;
    private const double Floor = 20_000;
    private const int FreshnessRate = 2_000;
    private const double FreshnessLimitMilliseconds = 500;

    private readonly List<double> _leveeRate = [];
    private readonly List<double> _rawRate = [];
    private readonly List<double> _freshP50 = [];
    private readonly List<double> _freshP99 = [];
    private long _produced;

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        using var folder = new WorkFolder();
        Console.WriteLine("Starting PostgreSQL, the broker and Levee (the first start loads a history and trains)...");
        await using var postgres = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = Path.Combine(folder.Data, "postgres"), RemoveOnExit = true }, stop);
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        var (broker, bootstrap) = await BrokerProgram.StartAsync(folder.Path, stop);
        await using var brokerUntilEnd = broker;
        var (levee, _) = await LeveeSilo.StartAsync(
            arguments.Root,
            Path.Combine(folder.Data, "levee"),
            folder.Path,
            new Dictionary<string, string>
            {
                ["Levee__Kafka__BootstrapServers"] = bootstrap,
                ["Levee__Postgres__ConnectionString"] = postgres.ConnectionString,
                ["Levee__Demo__History"] = "true",
            },
            stop);
        await using var leveeUntilEnd = levee;

        using var source = new TransactionSource(bootstrap);
        var rows = new DurableRows(database);
        var raw = new RawBaseline(bootstrap, database);
        await raw.PrepareAsync(stop);
        var begin = TimeProvider.System.GetUtcNow();

        // One round that does not count: code is compiled, customers are new.
        for (var round = 0; round <= arguments.Rounds; round++)
        {
            await RoundAsync(round, source, rows, raw, stop);
            levee.ThrowIfExited();
        }

        await FreshnessAsync(source, rows, stop);
        var missing = _produced - await rows.CountAsync(begin, stop);
        return Summarize(measuredAt, missing);
    }

    private async Task RoundAsync(int round, TransactionSource source, DurableRows rows, RawBaseline raw, CancellationToken stop)
    {
        var from = raw.Ends();
        var begin = TimeProvider.System.GetUtcNow();
        var beginMicros = UnixMicros.FromDateTimeOffset(begin);
        var transactions = Enumerable.Range(0, Count).Select(i => source.Next(beginMicros + (i * 10))).ToList();
        var messages = transactions.ConvertAll(TransactionSource.Message);
        var last = transactions.TakeLast(200).Select(transaction => transaction.TransactionId).ToList();
        begin = UnixMicros.ToDateTimeOffset(beginMicros);

        var measuring = rows.RateAsync(begin, Count, last, TimeSpan.FromSeconds(60), stop);
        await Task.Run(
            () =>
            {
                messages.ForEach(source.Produce);
                source.Flush();
            },
            stop);
        var levee = await measuring;
        _produced += Count;
        var plain = await raw.RunAsync(from, Count, stop);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{(round == 0 ? "warm-up" : $"round {round}")}: Levee {levee:N0}/s, raw {plain:N0}/s"));
        if (round > 0)
        {
            _leveeRate.Add(levee);
            _rawRate.Add(plain);
        }
    }

    private async Task FreshnessAsync(TransactionSource source, DurableRows rows, CancellationToken stop)
    {
        var run = new FreshnessRun(source, rows, FreshnessRate);
        await run.RunAsync(TimeSpan.FromSeconds(3), stop);
        _produced += 3 * FreshnessRate;
        for (var round = 1; round <= arguments.Rounds; round++)
        {
            var latencies = await run.RunAsync(arguments.Stretch, stop);
            _produced += (long)(arguments.Stretch.TotalSeconds * FreshnessRate);
            _freshP50.Add(latencies.PercentileMilliseconds(50));
            _freshP99.Add(latencies.PercentileMilliseconds(99));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"freshness {round}: p50 {_freshP50[^1]:0.0} ms, p99 {_freshP99[^1]:0.0} ms"));
        }

        source.Flush();
    }

    private Report Summarize(DateTimeOffset measuredAt, long missing)
    {
        var levee = new Measure("/s", _leveeRate);
        var raw = new Measure("/s", _rawRate);
        return new Report
        {
            What = "ingest",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                Comparison.AtLeast("transactions/s, Kafka to durable", levee, RateLimit),
                Comparison.RatioAtLeast("against raw consume + COPY", levee, raw, RatioLimit),
                Comparison.Info($"freshness p50 at {FreshnessRate}/s", new Measure("ms", _freshP50)),
                Comparison.AtMost($"freshness p99 at {FreshnessRate}/s", new Measure("ms", _freshP99), FreshnessLimitMilliseconds),
                Comparison.AtMost("transactions without a row", new Measure("", [missing]), 0),
            ],
            TooBusy = raw.Median < Floor
                ? string.Create(CultureInfo.InvariantCulture, $"raw consume + COPY reached {raw.Median:N0}/s, its floor is {Floor:N0}/s; the machine was too busy.")
                : null,
            Protocol =
            [
                $"{Count:N0} transactions of 10,000 customers and 500 merchants a round, {arguments.Rounds} rounds after one that does not count.",
                "The broker is the embedded one in a process of its own with 12 partitions; PostgreSQL is one server for both sides, fsync on.",
                "Levee: from the first row of the round that another connection sees to the last, while the records are still being produced; windows, feature rows, state and scores included.",
                "Raw: the same records consumed, parsed by the same parser and copied in binary into a table without indexes, 10,000 rows a commit.",
                $"Freshness: {FreshnessRate}/s at fixed times; from when a transaction was due to when another connection sees its row, every tenth looked up each 4 ms.",
            ],
        };
    }
}
