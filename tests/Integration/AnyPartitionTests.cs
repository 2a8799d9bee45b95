using Levee.Integration.Harness;

namespace Levee.Integration;

/// <summary>A producer that keys by nothing: each customer's records lie in all partitions, which belong to different silos.</summary>
[Collection(FaultsCollection.Name)]
public sealed class AnyPartitionTests(SystemFixture system)
{
    private const int Count = 12_000;
    private const int Silos = 2;

    [Fact]
    public async Task Customers_in_all_partitions_are_exact_when_a_silo_is_killed_too()
    {
        using var run = await system.NewRunAsync();
        await using var cluster = new SiloCluster(run, Silos, ("Levee:Kafka:SessionTimeoutSeconds", "4"));
        await cluster.StartAsync();
        using var load = new StreamLoad(run.BootstrapServers, new StreamPlan(Seed: 23, Count, LateShare: 0.01, DuplicateShare: 0.02, AnyPartition: true));
        await load.ProduceAsync(Count / 2);
        await run.WaitForRowsAsync(Count / 8, cluster.Describe);
        await cluster.KillAsync(0);
        await load.ProduceAsync();
        await cluster.StartAsync();

        await run.WaitUntilDurableAsync(load.Produced, cluster.Describe);
        await run.AssertRowsAsync(load.Produced);
        await run.AssertMinutesAsync(cluster.Describe);
    }
}
