using System.Text;
using Levee.Testing;

namespace Levee.Streaming.Kafka.Tests;

public sealed class DeadLetterPolicyTests
{
    [Fact]
    public async Task A_poisonous_event_goes_to_the_dead_letters_and_its_stream_goes_on_in_order()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 2);
        kafka.CreateTopic("orders.dead-letter", 1);
        using var source = new OrderSource(kafka, 2);
        var log = new DeliveryLog();
        var attempts = 0;
        log.BeforeDelivery = (stream, orders) =>
        {
            if (stream != "customers/7" || !orders.Any(o => o.Number % 100 == 50))
            {
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref attempts);
            throw new InvalidOperationException("a test said so");
        };
        for (var i = 0; i < 400; i++)
        {
            await source.ProduceAsync(new Order(i, i % 10 is 0 or 5 ? 7 : 8, 1, i));
        }

        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore(), o =>
        {
            o.FailurePolicy = DeliveryFailurePolicy.DeadLetter;
            o.MaxDeliveryAttempts = 3;
            o.RedeliveryDelay = TimeSpan.FromMilliseconds(5);
        });
        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 400, "the checkpoints behind the poison");

        int[] poison = [50, 150, 250, 350];
        var sevens = source.Produced.Where(o => o.Customer == 7).Select(o => o.Number);
        Assert.Equal(sevens.Except(poison), log.Effect("customers/7").Select(o => o.Number));
        Assert.Equal(320, log.Effect("customers/8").Count);
        Assert.Equal(400, log.Effect("shops/1").Count);
        Assert.InRange(attempts, poison.Length * 3, poison.Length * 6);
        var letters = Letters.Read(kafka, "orders.dead-letter", poison.Length);
        Assert.Equal(
            source.Produced.Where(o => poison.Contains(o.Number)).Select(OrderAdapter.Write).Select(Encoding.UTF8.GetString),
            letters.Select(l => Encoding.UTF8.GetString(l.Message.Value)));
        Assert.All(letters, l =>
        {
            Assert.Equal("customers/7", Letters.Header(l, KafkaDeadLetterHeaders.Stream));
            Assert.Equal("3", Letters.Header(l, KafkaDeadLetterHeaders.Attempts));
            Assert.Equal(typeof(InvalidOperationException).FullName, Letters.Header(l, KafkaDeadLetterHeaders.ExceptionType));
            Assert.EndsWith("InvalidOperationException: a test said so", Letters.Header(l, KafkaDeadLetterHeaders.Reason), StringComparison.Ordinal);
            Assert.Equal("1", Letters.Header(l, KafkaDeadLetterHeaders.Partition));
        });
    }

    [Fact]
    public async Task While_the_dead_letter_topic_is_away_only_the_poisoned_stream_waits()
    {
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        log.BeforeDelivery = (stream, orders) => stream == "customers/7" && orders.Any(o => o.Number == 5)
            ? throw new InvalidOperationException("a test said so")
            : Task.CompletedTask;
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore(), o =>
        {
            o.FailurePolicy = DeliveryFailurePolicy.DeadLetter;
            o.MaxDeliveryAttempts = 2;
            o.RedeliveryDelay = TimeSpan.FromMilliseconds(5);
            o.ConfigureProducer = c =>
            {
                c.AllowAutoCreateTopics = false;
                c.MessageTimeoutMs = 300;
            };
        });
        for (var i = 0; i < 20; i++)
        {
            await source.ProduceAsync(new Order(i, i % 2 == 1 ? 7 : 8, 1, i));
        }

        await Eventually.HoldsAsync(() => log.Effect("customers/8").Count == 10 && log.Effect("shops/1").Count == 20, "the others");
        await Eventually.HoldsAsync(() => silo.Ownership.Owned is [{ NextOffset: 5 }], "the checkpoint before the poison");
        Assert.Equal([1, 3], log.Effect("customers/7").Select(o => o.Number));
        await Eventually.HoldsAsync(
            () => silo.Health.Partitions[0].Held is [{ Stream: "customers/7", Offset: 5, Error: "InvalidOperationException: a test said so" }],
            "the stream to show");

        kafka.CreateTopic("orders.dead-letter", 1);
        await Eventually.HoldsAsync(() => silo.Ownership.Owned is [{ NextOffset: 20 }], "the checkpoint behind the poison");
        Assert.Equal([1, 3, 7, 9, 11, 13, 15, 17, 19], log.Effect("customers/7").Select(o => o.Number));
        Assert.Empty(silo.Health.Partitions[0].Held);
    }
}
