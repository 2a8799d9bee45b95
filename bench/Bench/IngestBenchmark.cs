using System.Globalization;
using Levee.Bench.Provider;

namespace Levee.Bench;

/// <summary>
/// Kafka to grains to durable rows, against consuming the same records and copying them into the same server, and the stream provider by
/// itself. Both find a round's records on the broker: the silo stands still while they are produced.
/// </summary>
internal sealed class IngestBenchmark(BenchArguments arguments) : IBenchmark
{
    private const double RateLimit = 15_000;
    private const double RatioLimit = 0.25;
    private const double Floor = 20_000;
    private const double FreshnessLimitMilliseconds = 500;
    private const int UsualRate = 2_000;
    private const int HighRate = 10_000;

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        await using var rig = await IngestRig.StartAsync(arguments.Root, stop);
        var (source, rows, raw, ingest) = (rig.Source, rig.Rows, rig.Raw, rig.Rounds);
        var begin = TimeProvider.System.GetUtcNow();

        await ingest.WarmUpAsync(Population.Usual, stop);
        var usual = await ingest.RunAsync(Population.Usual, arguments.Rounds, stop);
        var merchant = await ingest.RunAsync(Population.OneLargeMerchant, Math.Min(2, arguments.Rounds), stop);
        var providers = new List<(double Rate, double Cpu)>();
        for (var round = 0; round < Math.Min(3, arguments.Rounds); round++)
        {
            providers.Add(await ProviderProgram.MeasureAsync(rig.BootstrapServers, raw.Held(), rig.LogFolder, stop));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"provider alone: {providers[^1].Rate:N0}/s, {providers[^1].Cpu:N0} us"));
        }

        var fresh = await FreshnessRounds.RunAsync(source, rows, UsualRate, arguments.Rounds, arguments.Stretch, stop);
        var freshHigh = await FreshnessRounds.RunAsync(source, rows, HighRate, Math.Min(3, arguments.Rounds), arguments.Stretch, stop);
        var large = await ingest.RunAsync(Population.Large, Math.Min(3, arguments.Rounds), stop);
        source.Flush();
        var missing = ingest.Produced + fresh.Produced + freshHigh.Produced - await rows.CountAsync(begin, stop);
        return new Report
        {
            What = "ingest",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                Comparison.AtLeast($"transactions/s, Kafka to durable, {Population.Usual.Name}", usual.Levee, RateLimit),
                Comparison.RatioAtLeast("the same against raw consume + COPY in a row", usual.Levee, usual.RawBoth, RatioLimit),
                Comparison.Info("CPU a transaction, PostgreSQL included", usual.LeveeCpu, usual.RawCpu),
                Comparison.Info("raw consume and parse alone", usual.RawConsume),
                Comparison.Info("CPU a record, raw consume and parse alone", usual.RawConsumeCpu),
                Comparison.Info("raw COPY alone", usual.RawCopy),
                Comparison.Info("CPU a row, raw COPY alone", usual.RawCopyCpu),
                Comparison.Info("processors' time stolen meanwhile", usual.Stolen),
                Comparison.Info("events/s, provider alone with a grain that counts", new Measure("/s", providers.ConvertAll(p => p.Rate))),
                Comparison.Info("CPU an event, provider alone", new Measure("us", providers.ConvertAll(p => p.Cpu))),
                Comparison.Info($"transactions/s, {Population.Large.Name}", large.Levee, large.RawBoth),
                Comparison.Info($"CPU a transaction, {Population.Large.Name}", large.LeveeCpu, large.RawCpu),
                Comparison.Info($"transactions/s, {Population.OneLargeMerchant.Name}", merchant.Levee, merchant.RawBoth),
                Comparison.Info($"CPU a transaction, {Population.OneLargeMerchant.Name}", merchant.LeveeCpu, merchant.RawCpu),
                Comparison.Info($"freshness p50 at {UsualRate:N0}/s", fresh.P50),
                Comparison.AtMost($"freshness p99 at {UsualRate:N0}/s", fresh.P99, FreshnessLimitMilliseconds),
                Comparison.Info($"freshness p999 at {UsualRate:N0}/s", fresh.P999),
                Comparison.Info($"freshness p50 at {HighRate:N0}/s", freshHigh.P50),
                Comparison.Info($"freshness p99 at {HighRate:N0}/s", freshHigh.P99),
                Comparison.Info($"freshness p999 at {HighRate:N0}/s", freshHigh.P999),
                Comparison.AtMost("transactions without a row", new Measure("", [missing]), 0),
            ],
            TooBusy = usual.RawBoth.Median < Floor
                ? string.Create(CultureInfo.InvariantCulture, $"raw consume + COPY reached {usual.RawBoth.Median:N0}/s, its floor is {Floor:N0}/s; the machine was too busy.")
                : null,
            Protocol =
            [
                $"{IngestRounds.Count:N0} transactions a round, {arguments.Rounds} rounds after those that do not count, until the silo gets no faster twice in a row (fewer for the other populations).",
                "The broker is the embedded one in a process of its own with 12 partitions; PostgreSQL is one server for both sides, fsync on, max_wal_size 8 GB, shared_buffers 4 GB.",
                "Levee: the silo stands still (SIGSTOP) while the records are produced; from when it goes on until another connection sees the last row; windows, feature rows, states, scores of all transactions, their log and their topic included.",
                "Raw: the same records consumed and parsed by the same parser; copied in binary into an empty table with the columns and indexes of `transactions`, 10,000 rows a commit; the two in a row, into a table that keeps its rows from round to round as `transactions` does, but without autovacuum.",
                "Provider alone: a process of its own reads what the topic holds, 10,000 streams, into grains that only count; the last three quarters.",
                "CPU: of the process and PostgreSQL's, by /proc; Levee's includes no producing, the raw side's is all of its process.",
                "Stolen: what the hypervisor gave to other machines although this one had work (/proc/stat).",
                "Freshness: at fixed times; from when a transaction was due to when another connection sees its row, 200 a second looked up each 4 ms.",
            ],
        };
    }
}
