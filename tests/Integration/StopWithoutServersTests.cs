using Levee.Embedded;
using Levee.Integration.Harness;

namespace Levee.Integration;

/// <summary>Silos that are told to stop while none of their servers answers.</summary>
[Collection(FaultsCollection.Name)]
public sealed class StopWithoutServersTests
{
    private const int Silos = 2;
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task They_end_in_time_and_what_they_had_in_hand_is_done_by_those_that_follow()
    {
        await using var postgres = await TestPostgres.StartTemporaryAsync(durable: true);
        using var broker = Broker.Start();
        using var run = new StreamRun(postgres.ConnectionString, broker);
        await using var cluster = new SiloCluster(run, Silos);
        await cluster.StartAsync();
        using var load = new StreamLoad(run.BootstrapServers, new StreamPlan(Seed: 17, Count: 4_000));
        await load.ProduceAsync();
        await run.WaitForRowsAsync(1, cluster.Describe);

        await postgres.KillAsync();
        broker.TakeDown(1);
        await Task.WhenAll(cluster.Running.Select(place => cluster[place].Process.StopAsync(StopsWithin)));
        foreach (var place in cluster.Running)
        {
            Assert.Equal(0, cluster[place].Process.ExitCode);
            await cluster.ExpectEndAsync(place);
        }

        broker.BringUp(1);
        await postgres.RestartAsync();
        await cluster.StartAsync();
        await run.WaitUntilDurableAsync(load.Produced, cluster.Describe);
        await run.AssertRowsAsync(load.Produced);
    }
}
