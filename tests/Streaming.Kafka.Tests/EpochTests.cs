using Levee.Embedded;

namespace Levee.Streaming.Kafka.Tests;

public sealed class EpochTests
{
    [Fact]
    public async Task A_log_created_anew_begins_a_new_epoch()
    {
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        for (var run = 1; run <= 2; run++)
        {
            using var kafka = EmbeddedKafka.Start();
            kafka.CreateTopic("orders", 1);
            using var source = new OrderSource(kafka, 1);
            await source.ProduceAsync(run == 1 ? 100 : 50, customers: 1);
            await using var silo = await TestSilo.StartAsync(kafka, log, store, o => o.SourceId = "always-the-same");
            await DeliveryLog.UntilAsync(() => silo.Ownership.Owned is [{ NextOffset: var n }] && n == source.Produced.Count, "the records");
            Assert.Equal(run, silo.Ownership.Owned[0].Epoch);
        }

        Assert.Equal(
            Enumerable.Range(0, 100).Select(n => (1, n)).Concat(Enumerable.Range(0, 50).Select(n => (2, n))),
            log.All("customers/1").Select(o => (o.Position.Epoch, o.Number)));
    }

    [Fact]
    public async Task Another_source_begins_a_new_epoch_even_when_its_log_is_longer()
    {
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        for (var run = 1; run <= 2; run++)
        {
            using var kafka = EmbeddedKafka.Start();
            kafka.CreateTopic("orders", 1);
            using var source = new OrderSource(kafka, 1);
            await source.ProduceAsync(50 * run, customers: 1);
            await using var silo = await TestSilo.StartAsync(kafka, log, store, o => o.SourceId = $"start-{run}");
            await DeliveryLog.UntilAsync(() => silo.Ownership.Owned is [{ NextOffset: var n }] && n == source.Produced.Count, "the records");
        }

        Assert.Equal([50, 100], log.All("customers/1").GroupBy(o => o.Position.Epoch).OrderBy(g => g.Key).Select(g => g.Count()));
    }

    [Theory]
    [InlineData(TruncatedLogPolicy.Block)]
    [InlineData(TruncatedLogPolicy.GoOn)]
    public async Task A_truncated_log_blocks_its_partition_unless_the_operator_says_go_on(TruncatedLogPolicy policy)
    {
        using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        await source.ProduceAsync(100, customers: 1);
        await using (var first = await TestSilo.StartAsync(kafka, log, store))
        {
            await DeliveryLog.UntilAsync(() => first.Ownership.Owned is [{ NextOffset: 100 }], "the first records");
        }

        await source.ProduceAsync(100, customers: 1, seed: 2);
        kafka.DeleteRecords("orders", 0, 150);
        await using var silo = await TestSilo.StartAsync(kafka, log, store, o => o.TruncatedLog = policy);
        if (policy == TruncatedLogPolicy.Block)
        {
            await DeliveryLog.UntilAsync(() => silo.Health.Partitions is [{ BlockedReason: not null }], "the block");
            Assert.Contains("100 to 149", silo.Health.Partitions[0].BlockedReason, StringComparison.Ordinal);
            Assert.False(silo.Health.IsHealthy);
            Assert.Equal(100, log.CountEffects("customers/"));
        }
        else
        {
            await DeliveryLog.UntilAsync(() => log.CountEffects("customers/") == 150, "what is left");
            Assert.Equal(Enumerable.Range(150, 50), log.Effect("customers/1").Skip(100).Select(o => o.Number));
        }
    }
}
