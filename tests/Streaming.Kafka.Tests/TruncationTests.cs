using Levee.Testing;

namespace Levee.Streaming.Kafka.Tests;

public sealed class TruncationTests
{
    [Fact]
    public async Task A_log_truncated_under_a_running_silo_loses_nothing_received_and_blocks_after_it()
    {
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        var gate = new TaskCompletionSource();
        log.BeforeDelivery = (_, _) => gate.Task;
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore(), o => o.MaxPartitionRecords = 50);
        await source.ProduceAsync(300, customers: 3);
        await Eventually.HoldsAsync(() => silo.Health.Partitions is [{ IsPaused: true }], "the pause");
        var received = silo.Health.Partitions[0].Cached;
        kafka.DeleteRecords("orders", 0, 250);
        gate.SetResult();

        await Eventually.HoldsAsync(
            () => silo.Health.Partitions is [{ BlockedReason: { } reason }] && reason.Contains($"{received} to 249", StringComparison.Ordinal),
            "the block");
        Assert.Equal(received, log.CountEffects("customers/"));
        Assert.Equal(received, log.CountEffects("shops/"));
    }

    [Fact]
    public async Task A_log_truncated_under_a_running_silo_is_read_on_when_the_operator_says_so()
    {
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        var gate = new TaskCompletionSource();
        log.BeforeDelivery = (_, _) => gate.Task;
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore(), o =>
        {
            o.MaxPartitionRecords = 50;
            o.TruncatedLog = TruncatedLogPolicy.GoOn;
        });
        await source.ProduceAsync(300, customers: 3);
        await Eventually.HoldsAsync(() => silo.Health.Partitions is [{ IsPaused: true }], "the pause");
        var received = silo.Health.Partitions[0].Cached;
        kafka.DeleteRecords("orders", 0, 250);
        gate.SetResult();

        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == received + 50, "what is left");
        await Eventually.HoldsAsync(() => silo.Health.IsHealthy && silo.Ownership.Owned is [{ NextOffset: 300 }], "health to be good again");
    }

    [Theory]
    [InlineData(TruncatedLogPolicy.Block)]
    [InlineData(TruncatedLogPolicy.GoOn)]
    public async Task A_truncated_log_blocks_its_partition_unless_the_operator_says_go_on(TruncatedLogPolicy policy)
    {
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        await source.ProduceAsync(100, customers: 1);
        await using (var first = await TestSilo.StartAsync(kafka, log, store))
        {
            await Eventually.HoldsAsync(() => first.Ownership.Owned is [{ NextOffset: 100 }], "the first records");
        }

        await source.ProduceAsync(100, customers: 1, seed: 2);
        kafka.DeleteRecords("orders", 0, 150);
        await using var silo = await TestSilo.StartAsync(kafka, log, store, o => o.TruncatedLog = policy);
        if (policy == TruncatedLogPolicy.Block)
        {
            await Eventually.HoldsAsync(() => silo.Health.Partitions is [{ BlockedReason: not null }], "the block");
            Assert.Contains("100 to 149", silo.Health.Partitions[0].BlockedReason, StringComparison.Ordinal);
            Assert.False(silo.Health.IsHealthy);
            Assert.Equal(100, log.CountEffects("customers/"));
        }
        else
        {
            await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 150, "what is left");
            Assert.Equal(Enumerable.Range(150, 50), log.Effect("customers/1").Skip(100).Select(o => o.Number));
        }
    }
}
