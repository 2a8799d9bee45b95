using Levee.Testing;

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
            using var kafka = TestKafka.StartEmbedded();
            kafka.CreateTopic("orders", 1);
            using var source = new OrderSource(kafka, 1);
            await source.ProduceAsync(run == 1 ? 100 : 50, customers: 1);
            await using var silo = await TestSilo.StartAsync(kafka, log, store, o => o.SourceId = "always-the-same");
            await Eventually.HoldsAsync(() => silo.Ownership.Owned is [{ NextOffset: var n }] && n == source.Produced.Count, "the records");
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
            using var kafka = TestKafka.StartEmbedded();
            kafka.CreateTopic("orders", 1);
            using var source = new OrderSource(kafka, 1);
            await source.ProduceAsync(50 * run, customers: 1);
            await using var silo = await TestSilo.StartAsync(kafka, log, store, o => o.SourceId = $"start-{run}");
            await Eventually.HoldsAsync(() => silo.Ownership.Owned is [{ NextOffset: var n }] && n == source.Produced.Count, "the records");
        }

        Assert.Equal([50, 100], log.All("customers/1").GroupBy(o => o.Position.Epoch).OrderBy(g => g.Key).Select(g => g.Count()));
    }
}
