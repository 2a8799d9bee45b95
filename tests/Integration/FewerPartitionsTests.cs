using Dapper;
using Levee.Integration.Harness;

namespace Levee.Integration;

/// <summary>A topic that is created anew with fewer partitions: minutes that were open on those that are gone close all the same.</summary>
[Collection(FaultsCollection.Name)]
public sealed class FewerPartitionsTests(SystemFixture system)
{
    private const int Before = 6_000;
    private const int Partitions = 5;

    // Half of the customers send something more, most of them to partitions that are new to them.
    private const int After = 300;

    [Fact]
    public async Task Every_minute_gets_its_row()
    {
        using var before = await system.NewRunAsync();
        await using (var silo = before.StartSilo())
        {
            await silo.WaitAsync(ready: false);
            var produced = await before.ProduceAsync(new StreamPlan(Seed: 31, Before));
            await before.WaitUntilDurableAsync(produced, silo);
            await silo.Process.KillAsync();
        }

        await using var connection = await before.OpenAsync();
        const string OpenOnGone = "SELECT count(*) FROM customer_state WHERE kafka_partition >= @Partitions AND open_minute_end IS NOT NULL";
        Assert.NotEqual(0, await connection.ExecuteScalarAsync<long>(OpenOnGone, new { Partitions }));

        using var after = new StreamRun(before.ConnectionString, Broker.Start(partitions: Partitions));
        await using var next = after.StartSilo();
        await next.WaitAsync(ready: false);
        using var load = new StreamLoad(after.BootstrapServers, new StreamPlan(Seed: 32, After, AnyPartition: true), Partitions);
        await load.ProduceAsync();
        await after.WaitForRowsAsync(Before + After, next);

        await after.AssertMinutesAsync(next);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>(OpenOnGone, new { Partitions }));
    }
}
