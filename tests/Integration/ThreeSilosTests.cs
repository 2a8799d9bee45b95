using System.Diagnostics;
using System.Globalization;
using Dapper;
using Levee.Embedded;
using Levee.Integration.Harness;
using Xunit.Abstractions;

namespace Levee.Integration;

/// <summary>
/// Three silos under load, and everything around them fails in turn; at the end all that was produced is there once. Kills follow one
/// seeded plan.
/// </summary>
[Collection(FaultsCollection.Name)]
public sealed class ThreeSilosTests(ITestOutputHelper output)
{
    private const int Seed = 31;
    private const int Silos = 3;
    private const int Brokers = 3;
    private static readonly TimeSpan FlowsWithin = TimeSpan.FromSeconds(15);

    // Of each rebalance the embedded broker waits for the session timeout less a second, whoever has answered before; a kill costs the
    // timeout and up to two rebalances. Apache Kafka waits for the answers only.
    private static readonly (string, string) ShortSession = ("Levee:Kafka:SessionTimeoutSeconds", "4");

    private readonly FaultScale _scale = FaultScale.Current;
    private readonly FaultReport _report = new();
    private readonly Random _random = new(Seed);

    [Fact]
    public async Task Kills_a_stop_a_freeze_and_outages_lose_nothing_and_count_nothing_twice()
    {
        // It is killed, and what it had promised must be there then.
        await using var postgres = await TestPostgres.StartTemporaryAsync(durable: true);
        using var broker = Broker.Start(Brokers);
        using var run = new StreamRun(postgres.ConnectionString, broker);
        await using var cluster = new SiloCluster(run, Silos, ShortSession);
        using var load = new StreamLoad(run.BootstrapServers, new StreamPlan(Seed, _scale.Transactions, LateShare: 0.01, DuplicateShare: 0.01));
        await cluster.StartAsync();

        var faults = new List<(string Name, Func<Task<string>> Happen)>();
        faults.AddRange(Enumerable.Range(1, _scale.Kills).Select(n => ($"silo killed, {n} of {_scale.Kills}", (Func<Task<string>>)(() => KillAsync(run, cluster)))));
        faults.Add(("silo stopped with SIGTERM", () => StopAsync(run, cluster)));
        faults.Add(("silo frozen with SIGSTOP, then let go on", () => FreezeAsync(run, cluster)));
        faults.Add(("PostgreSQL killed and started again", () => StopPostgresAsync(run, postgres, cluster)));
        faults.Add(("one broker of three away", () => StopBrokerAsync(run, broker, cluster)));
        var started = Stopwatch.StartNew();
        for (var i = 0; i < faults.Count; i++)
        {
            // Each fault has its part of the load; the last has what is left, the plan's repeats among it.
            var loading = load.ProduceAsync(i < faults.Count - 1 ? _scale.Transactions / faults.Count : int.MaxValue, _scale.PerSecond);
            var result = await faults[i].Happen();
            output.WriteLine($"{started.Elapsed} {faults[i].Name}: {result}");
            await loading;
            _report.Add(faults[i].Name, result);
        }

        try
        {
            await run.WaitUntilDurableAsync(load.Produced, cluster.Describe);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{await run.DescribeMissingAsync(load)}\n{exception.Message}", exception);
        }

        var durable = started.Elapsed;
        await run.AssertRowsAsync(load.Produced);
        await run.AssertMinutesAsync(cluster.Describe);

        // Where calls and deliveries failed, Orleans names grains and streams by their keys.
        Assert.DoesNotMatch(@"\bcustomers?/-?[0-9A-Fa-f]", cluster.Describe());

        // The embedded log keeps 5 MiB a partition: had it dropped anything, the comparison would be about less than was produced.
        Assert.All(run.LogBegins(), begin => Assert.Equal(0, begin));
        if (_scale.Results is { } file)
        {
            _report.Add(
                string.Create(CultureInfo.InvariantCulture, $"{load.Produced.Transactions.Count:N0} transactions, {load.Produced.Duplicates:N0} of them sent again"),
                string.Create(CultureInfo.InvariantCulture, $"all durable after {durable.TotalSeconds:N0} s; ids, rows, sequences, windows and minutes are exact"));
            await _report.WriteAsync(file, "Three silos and everything around them failing in turn");
        }
    }

    private async Task<string> KillAsync(StreamRun run, SiloCluster cluster)
    {
        await UnderLoadAsync(run);
        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(500, 3_000)));
        var place = cluster.Running[_random.Next(Silos)];
        var owned = cluster.Owned(place);
        await cluster.KillAsync(place);
        var flow = await FlowAsync(run, cluster, owned, await NowAsync(run));
        await cluster.StartAsync();
        return string.Create(CultureInfo.InvariantCulture, $"its {owned.Count} partitions flow again after {flow.TotalSeconds:F1} s");
    }

    private static async Task<string> StopAsync(StreamRun run, SiloCluster cluster)
    {
        await UnderLoadAsync(run);
        var owned = cluster.Owned(0);
        var stopped = await NowAsync(run);
        await cluster.StopAsync(0);
        var flow = await FlowAsync(run, cluster, owned, await NowAsync(run));
        var took = await NowAsync(run) - stopped - flow;
        await cluster.StartAsync();
        return string.Create(CultureInfo.InvariantCulture, $"it ends within {took.TotalSeconds:F1} s, its {owned.Count} partitions flow again {flow.TotalSeconds:F1} s later");
    }

    // The frozen silo keeps its connections and believes that it owns its partitions; when it goes on, the others have gone on without it.
    private async Task<string> FreezeAsync(StreamRun run, SiloCluster cluster)
    {
        await UnderLoadAsync(run);
        var owned = cluster.Owned(1);
        var zombie = cluster[1].Process;
        zombie.Freeze();
        var frozen = await NowAsync(run);
        var flow = await FlowAsync(run, cluster, owned, frozen);
        var left = _scale.Outage - (await NowAsync(run) - frozen);
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        zombie.Thaw();
        await cluster.ExpectEndAsync(1);
        await cluster.StartAsync();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"its {owned.Count} partitions flow again after {flow.TotalSeconds:F1} s; let go on after {_scale.Outage.TotalSeconds:F0} s it ends by itself");
    }

    private async Task<string> StopPostgresAsync(StreamRun run, EmbeddedPostgres postgres, SiloCluster cluster)
    {
        await UnderLoadAsync(run);
        await postgres.KillAsync();
        await Task.Delay(_scale.Outage);
        var back = TimeProvider.System.GetUtcNow().UtcDateTime;
        await postgres.RestartAsync();
        var flow = await FlowAsync(run, cluster, [.. Enumerable.Range(0, StreamLoad.Partitions)], back);
        return string.Create(
            CultureInfo.InvariantCulture, $"after {_scale.Outage.TotalSeconds:F0} s without it all partitions flow again {flow.TotalSeconds:F1} s after its start");
    }

    private async Task<string> StopBrokerAsync(StreamRun run, Broker broker, SiloCluster cluster)
    {
        await UnderLoadAsync(run);
        var down = _random.Next(1, Brokers + 1);
        var led = run.LedBy(down);
        broker.TakeDown(down);
        await Task.Delay(_scale.Outage);
        var back = await NowAsync(run);
        broker.BringUp(down);
        var flow = await FlowAsync(run, cluster, led, back);
        return string.Create(
            CultureInfo.InvariantCulture, $"after {_scale.Outage.TotalSeconds:F0} s without it its {led.Count} partitions flow again {flow.TotalSeconds:F1} s after its start");
    }

    // Rows come in: the fault hits a system at work.
    private static async Task UnderLoadAsync(StreamRun run)
    {
        var now = await NowAsync(run);
        await Until.HoldsAsync(
            async () =>
            {
                await using var connection = await run.OpenAsync();
                return await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM transactions WHERE ingested_at > @now)", new { now });
            },
            flows => flows,
            TimeSpan.FromSeconds(30),
            "Rows come in");
    }

    // How long until the last of the partitions has its first new row. Rows are stamped with the start of their database transaction, so
    // what a dead silo had under way does not count.
    private static async Task<TimeSpan> FlowAsync(StreamRun run, SiloCluster cluster, IReadOnlyCollection<int> partitions, DateTime since)
    {
        Assert.NotEmpty(partitions);
        var first = await Until.HoldsAsync(
            async () =>
            {
                await using var connection = await run.OpenAsync();
                return (await connection.QueryAsync<(int Partition, DateTime At)>(
                    "SELECT kafka_partition, min(ingested_at) FROM transactions WHERE ingested_at > @since GROUP BY 1",
                    new { since })).Where(row => partitions.Contains(row.Partition)).ToDictionary();
            },
            seen => seen.Count == partitions.Count,
            TimeSpan.FromSeconds(60),
            $"Partitions {string.Join(", ", partitions)} flow",
            cluster.Describe);
        var flow = first.Values.Max() - since;
        Assert.True(flow < FlowsWithin, $"Partitions flow again after {string.Join(", ", first.Select(p => $"{p.Key}: {p.Value - since}"))}\n{cluster.Describe()}");
        return flow;
    }

    // By PostgreSQL's clock, which stamps the rows; connections from before an outage fail once.
    private static Task<DateTime> NowAsync(StreamRun run) => Until.HoldsAsync(
        async () =>
        {
            await using var connection = await run.OpenAsync();
            return await connection.ExecuteScalarAsync<DateTime>("SELECT clock_timestamp()");
        },
        _ => true,
        TimeSpan.FromSeconds(30),
        "PostgreSQL answers");
}
