using Confluent.Kafka;
using Levee.Testing;

namespace Levee.Streaming.Kafka.Tests;

public sealed class StoreTests
{
    [Fact]
    public async Task While_the_checkpoint_store_is_away_offsets_are_not_committed_and_later_all_is_well()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var store = new SwitchableStore { IsDown = true };
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(kafka, log, store, o => o.GroupId = kafka.Group);
        await source.ProduceAsync(100);
        await Eventually.HoldsAsync(() => silo.Health.LastError?.Contains("the store is down", StringComparison.Ordinal) == true, "the outage");
        Assert.Equal(0, log.Calls);

        store.IsDown = false;
        await Eventually.HoldsAsync(() => Committed(kafka) == 100, "the first commit");
        store.IsDown = true;
        await source.ProduceAsync(100, seed: 2);
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 200 && log.CountEffects("shops/") == 200, "deliveries");
        await Eventually.HoldsAsync(() => silo.Health is { LastError: not null, Partitions: [{ NextOffset: 200 }] }, "the failing store");
        Assert.Equal(100, Committed(kafka));
        Assert.Equal(100, silo.Ownership.Owned[0].NextOffset);

        store.IsDown = false;
        await Eventually.HoldsAsync(() => Committed(kafka) == 200 && silo.Health.IsHealthy, "the second commit");
        source.AssertDelivered(log);
    }

    [Fact]
    public async Task Without_a_store_the_committed_offsets_decide()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        for (var run = 1; run <= 2; run++)
        {
            await source.ProduceAsync(50, seed: run);
            await using var silo = await TestSilo.StartAsync(kafka, log, store: null, o => o.GroupId = kafka.Group);
            await Eventually.HoldsAsync(() => Committed(kafka) == source.Produced.Count, "the commit");
        }

        source.AssertDelivered(log);
        Assert.Equal(100, log.Streams.Where(s => s.StartsWith("customers", StringComparison.Ordinal)).Sum(s => log.All(s).Count));
    }

    [Fact]
    public async Task Without_a_store_a_log_that_is_shorter_than_what_was_committed_blocks_its_partition()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        using (var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = kafka.Group }).Build())
        {
            consumer.Commit([new TopicPartitionOffset(kafka.Topic("orders"), 0, 500)]);
        }

        await source.ProduceAsync(50);
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(kafka, log, store: null, o => o.GroupId = kafka.Group);

        await Eventually.HoldsAsync(
            () => silo.Health.Partitions is [{ BlockedReason: { } reason }] && reason.Contains("committed offset 500", StringComparison.Ordinal), "the block");
        Assert.Equal(0, log.Calls);
    }

    private static long Committed(TestKafka kafka)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = kafka.Group }).Build();
        return consumer.Committed([new TopicPartition(kafka.Topic("orders"), 0)], TimeSpan.FromSeconds(5))[0].Offset.Value;
    }
}
