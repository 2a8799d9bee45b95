using Levee.Testing;

namespace Levee.Streaming.Kafka.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task However_slowly_the_broker_answers_no_record_before_the_logs_end_is_skipped()
    {
        const int Partitions = 12;
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", Partitions);
        using var source = new OrderSource(kafka, Partitions);
        for (var run = 0; run < 4; run++)
        {
            await source.ProduceAsync(600, customers: 120, shops: 1, seed: run);
            kafka.Embedded.SetRoundTrip(1, TimeSpan.FromMilliseconds(20 * run));
            await using var silo = await TestSilo.StartAsync(kafka, log, store, o =>
            {
                o.GroupId = kafka.Group;
                o.SourceId = "the broker";
            });
            await Eventually.HoldsAsync(
                () => silo.Health.Partitions is { Count: Partitions } all && all.Sum(p => p.NextOffset) == source.Produced.Count,
                $"run {run}");
            kafka.Embedded.SetRoundTrip(1, TimeSpan.Zero);
        }

        source.AssertDelivered(log);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(100L, 100)]
    public void Until_its_start_is_known_a_partition_is_assigned_at_a_plain_offset(long? logEnd, long expected)
    {
        var partition = new KafkaPartition("orders", 0, new KafkaStreamOptions(), new KafkaStreamMetrics("test", null)) { LogEnd = logEnd };
        var offset = PartitionFetch.Anywhere(partition);
        Assert.False(offset.IsSpecial);
        Assert.Equal(expected, offset.Value);
    }
}
