using Confluent.Kafka;
using Levee.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Levee.Streaming.Kafka.Tests;

public sealed class ReplayTests
{
    [Fact]
    public async Task Complete_records_come_once_more_marked_and_what_is_new_follows_them()
    {
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", 3);
        kafka.CreateTopic("orders.dead-letter", 1);
        using var source = new OrderSource(kafka, 3);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(kafka, log, store);
        var replay = silo.Services.GetRequiredService<IKafkaReplay>();
        await source.ProduceAsync(600);
        await source.SendAsync(1, "rubbish"u8.ToArray());
        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 601, "checkpoints");
        var watermarks = silo.Ownership.Owned.ToDictionary(p => p.Partition, p => p.WatermarkMicros);

        var plans = await replay.PlanAsync(new KafkaReplayRequest("orders", null, 10, null), CancellationToken.None);
        Assert.Equal([(0, 10L), (1, 10L), (2, 10L)], plans.Select(p => (p.Partition, p.From)));
        Assert.Equal(601, plans.Sum(p => p.To));
        Assert.All(plans, p => Assert.Null(p.Refusal));
        replay.Begin(plans);

        // A partition is replayed to what is complete when it is given back, and that must not include what comes now.
        await Eventually.HoldsAsync(() => Replayed(log).Select(o => o.Position.Partition).Distinct().Count() == 3, "the first replayed records");
        await source.ProduceAsync(300, seed: 2);

        var least = long.MaxValue;
        await Eventually.HoldsAsync(
            () =>
            {
                // A partition between its two ownerships has none to show; else its checkpoint never goes back.
                var owned = silo.Ownership.Owned;
                least = owned.Count == 3 ? Math.Min(least, owned.Sum(p => p.NextOffset)) : least;
                return replay.GetStatus() is { Count: 3 } status && status.All(s => s.State == KafkaReplayState.Done)
                    && silo.Ownership.Owned.Sum(p => p.NextOffset) == 901;
            },
            "the replay and the new records");

        source.AssertDelivered(log);
        Assert.True(least >= 601, $"the checkpoint went back to {least}");
        var again = Replayed(log);
        var ends = plans.ToDictionary(p => p.Partition, p => p.To);
        Assert.Equal(601 - 30 - 1, again.Count);
        Assert.All(again, o => Assert.InRange(o.Position.Offset, 10, ends[o.Position.Partition] - 1));
        Assert.All(again, o => Assert.Equal(watermarks[o.Position.Partition], o.Position.WatermarkMicros));
        Assert.All(replay.GetStatus(), s => Assert.Equal((s.To, ends[s.Partition]), (s.Next, s.To)));
        Assert.Equal(1, CountDeadLetters(kafka));
        Assert.True(silo.Health.IsHealthy, silo.Health.ToString());
    }

    [Fact]
    public async Task A_time_is_found_by_search_and_what_is_gone_is_refused()
    {
        const long Start = 1_772_366_400_000;
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", 1);
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        for (var i = 0; i < 200; i++)
        {
            await producer.ProduceAsync("orders", new Message<byte[], byte[]>
            {
                Value = OrderAdapter.Write(new Order(i, 1, 1, 1)),
                Timestamp = new Timestamp(Start + (i / 2 * 1_000), TimestampType.CreateTime),
            });
        }

        await using var silo = await TestSilo.StartAsync(kafka, new DeliveryLog(), new InMemoryKafkaCheckpointStore());
        var replay = silo.Services.GetRequiredService<IKafkaReplay>();
        await Eventually.HoldsAsync(() => silo.Ownership.Owned is [{ NextOffset: 200 }], "the checkpoint");

        Assert.Equal((0, 200), await FromAsync(0));
        Assert.Equal((0, 200), await FromAsync(Start));
        Assert.Equal((2, 200), await FromAsync(Start + 1));
        Assert.Equal((74, 200), await FromAsync(Start + 37_000));
        Assert.Equal((198, 200), await FromAsync(Start + 99_000));
        Assert.Equal((200, 200), await FromAsync(Start + 99_001));

        kafka.DeleteRecords("orders", 0, 50);
        Assert.Equal((74, 200), await FromAsync(Start + 37_000));
        Assert.Contains("begins at offset 50", (await PlanAsync(null, Start)).Refusal, StringComparison.Ordinal);
        Assert.Contains("begins at offset 50", (await PlanAsync(49, null)).Refusal, StringComparison.Ordinal);
        Assert.Null((await PlanAsync(50, null)).Refusal);
        Assert.Empty(await replay.PlanAsync(new KafkaReplayRequest("others", null, 0, null), CancellationToken.None));

        async Task<KafkaReplayPlan> PlanAsync(long? offset, long? fromMs) =>
            Assert.Single(await replay.PlanAsync(new KafkaReplayRequest("orders", 0, offset, fromMs * 1_000), CancellationToken.None));

        async Task<(long, long)> FromAsync(long fromMs)
        {
            var plan = await PlanAsync(null, fromMs);
            Assert.Null(plan.Refusal);
            return (plan.From, plan.To);
        }
    }

    private static List<Order> Replayed(DeliveryLog log) =>
        [.. log.Streams.Where(s => s.StartsWith("customers/", StringComparison.Ordinal)).SelectMany(log.All).Where(o => o.Position.IsReplay)];

    private static int CountDeadLetters(TestKafka kafka)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = "letters",
            EnablePartitionEof = true,
        }).Build();
        consumer.Assign(new TopicPartitionOffset("orders.dead-letter", 0, Offset.Beginning));
        var count = 0;
        while (!consumer.Consume(TimeSpan.FromSeconds(10)).IsPartitionEOF)
        {
            count++;
        }

        return count;
    }
}
