
namespace Levee.Streaming.Kafka.Tests;

public sealed class RebalanceTests
{
    [Fact]
    public async Task A_second_silo_joins_and_leaves_under_load_and_nothing_is_lost()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 6);
        using var source = new OrderSource(kafka, 6);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        await using var first = await TestSilo.StartAsync(kafka, log, store, o => o.GroupId = kafka.Group);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            for (var round = 0; !stop.IsCancellationRequested; round++)
            {
                await source.ProduceAsync(20, customers: 200, shops: 20, seed: round);
                await Task.Delay(10);
            }
        });

        var second = await TestSilo.StartAsync(kafka, log, store, o => o.GroupId = kafka.Group, first);
        await DeliveryLog.UntilAsync(() => first.Ownership.Owned.Count == 3 && second.Ownership.Owned.Count == 3, "the partitions to be shared");
        Assert.Equal(6, first.Ownership.Owned.Concat(second.Ownership.Owned).Select(p => p.Partition).Distinct().Count());
        await second.DisposeAsync();
        await DeliveryLog.UntilAsync(() => first.Ownership.Owned.Count == 6, "the partitions to come back");
        await stop.CancelAsync();
        await load;

        await DeliveryLog.UntilAsync(
            () => log.CountEffects("customers/") == source.Produced.Count && log.CountEffects("shops/") == source.Produced.Count, "the rest");
        source.AssertDelivered(log);
        await DeliveryLog.UntilAsync(() => first.Ownership.Owned.Sum(p => p.NextOffset) == source.Produced.Count, "checkpoints");
    }
}
