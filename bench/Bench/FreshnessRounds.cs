using System.Globalization;

namespace Levee.Bench;

/// <summary>Rounds of one rate, and how fresh the rows were.</summary>
internal sealed record FreshnessRounds(Measure P50, Measure P99, Measure P999, long Produced)
{
    private const int WarmUpSeconds = 3;

    public static async Task<FreshnessRounds> RunAsync(
        TransactionSource source, DurableRows rows, int rate, int rounds, TimeSpan stretch, CancellationToken stop)
    {
        var run = new FreshnessRun(source, rows, rate);
        await run.RunAsync(TimeSpan.FromSeconds(WarmUpSeconds), stop);
        var produced = (long)WarmUpSeconds * rate;
        var (p50, p99, p999) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            var latencies = await run.RunAsync(stretch, stop);
            produced += (long)(stretch.TotalSeconds * rate);
            p50.Add(latencies.PercentileMilliseconds(50));
            p99.Add(latencies.PercentileMilliseconds(99));
            p999.Add(latencies.PercentileMilliseconds(99.9));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"freshness at {rate:N0}/s: p50 {p50[^1]:0.0} ms, p99 {p99[^1]:0.0} ms, p999 {p999[^1]:0.0} ms"));
        }

        return new FreshnessRounds(new Measure("ms", p50), new Measure("ms", p99), new Measure("ms", p999), produced);
    }
}
