using System.Diagnostics;
using Confluent.Kafka;

namespace Levee.Embedded.Tests;

public sealed class EmbeddedKafkaTests
{
    [Fact]
    public async Task Carries_records_with_key_headers_and_exact_offsets()
    {
        using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("things", 3);
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            EnableIdempotence = true,
        }).Build();
        for (var i = 0; i < 100; i++)
        {
            var delivery = await producer.ProduceAsync(
                new TopicPartition("things", i % 3),
                new Message<string, string> { Key = $"k{i}", Value = $"v{i}", Headers = new Headers { { "h", [(byte)i] } } });
            Assert.Equal(i / 3, delivery.Offset.Value);
        }

        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = "g",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Subscribe("things");
        var seen = new Dictionary<string, string>();
        while (seen.Count < 100)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(20));
            Assert.NotNull(record);
            Assert.Equal(int.Parse(record.Message.Key[1..], System.Globalization.CultureInfo.InvariantCulture), record.Message.Headers[0].GetValueBytes()[0]);
            seen.Add(record.Message.Key, record.Message.Value);
        }

        Assert.Equal("v42", seen["k42"]);
    }

    [Fact]
    public async Task A_broker_that_is_down_takes_nothing_and_everything_once_it_is_back()
    {
        using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("things", 1);
        using var producer = Producer(kafka);
        await producer.ProduceAsync("things", new Message<Null, string> { Value = "before" });

        kafka.SetBrokerDown(1);
        var pending = producer.ProduceAsync("things", new Message<Null, string> { Value = "during" });
        kafka.SetBrokerUp(1);

        Assert.Equal(1, (await pending).Offset.Value);
    }

    [Fact]
    public async Task Injected_errors_are_retried_without_loss_or_doubles()
    {
        using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("things", 1);
        using var producer = Producer(kafka);
        await producer.ProduceAsync("things", new Message<Null, string> { Value = "before" });

        kafka.PushRequestErrors(KafkaRequest.Produce, ErrorCode.NotLeaderForPartition, ErrorCode.RequestTimedOut);
        var delivery = await producer.ProduceAsync("things", new Message<Null, string> { Value = "after" });

        Assert.Equal(1, delivery.Offset.Value);
        kafka.PushRequestErrors(KafkaRequest.Produce, Enumerable.Repeat(ErrorCode.TopicAuthorizationFailed, 1000).ToArray());
        await Assert.ThrowsAsync<ProduceException<Null, string>>(
            () => producer.ProduceAsync("things", new Message<Null, string> { Value = "refused" }));
    }

    [Fact]
    public async Task A_partition_moves_to_another_broker_when_its_own_is_down()
    {
        using var kafka = EmbeddedKafka.Start(new EmbeddedKafkaOptions { Brokers = 2 });
        Assert.Equal(2, kafka.BootstrapServers.Split(',').Length);
        kafka.CreateTopic("things", 1);
        kafka.SetPartitionLeader("things", 0, 1);
        using var producer = Producer(kafka);
        await producer.ProduceAsync("things", new Message<Null, string> { Value = "before" });

        kafka.SetBrokerDown(1);
        kafka.SetPartitionLeader("things", 0, 2);

        Assert.Equal(1, (await producer.ProduceAsync("things", new Message<Null, string> { Value = "after" })).Offset.Value);
    }

    [Fact]
    public async Task Answers_can_be_delayed_and_records_dropped()
    {
        using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("things", 1);
        using var producer = Producer(kafka);
        for (var number = 0; number < 3; number++)
        {
            await producer.ProduceAsync("things", new Message<Null, string> { Value = "x" });
        }

        kafka.SetRoundTrip(1, TimeSpan.FromMilliseconds(300));
        var clock = Stopwatch.StartNew();
        await producer.ProduceAsync("things", new Message<Null, string> { Value = "slow" });
        Assert.True(clock.ElapsedMilliseconds >= 290, $"{clock.ElapsedMilliseconds} ms");
        kafka.SetRoundTrip(1, TimeSpan.Zero);

        kafka.DeleteRecords("things", 0, 2);
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "g" }).Build();
        var offsets = consumer.QueryWatermarkOffsets(new TopicPartition("things", 0), TimeSpan.FromSeconds(20));
        Assert.Equal((2, 4), (offsets.Low.Value, offsets.High.Value));
    }

    [Fact]
    public async Task Topics_are_awaited_and_missing_ones_named()
    {
        using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("first", 3);
        var expected = new Dictionary<string, int> { ["first"] = 3, ["second"] = 12 };
        var missing = await Assert.ThrowsAsync<EmbeddedServerException>(
            () => KafkaTopics.WaitAsync(kafka.BootstrapServers, expected, TimeSpan.FromMilliseconds(1)));
        Assert.Contains("topic second does not exist", missing.Message, StringComparison.Ordinal);

        var waiting = KafkaTopics.WaitAsync(kafka.BootstrapServers, expected, TimeSpan.FromSeconds(20));
        kafka.CreateTopic("second", 12);
        await waiting;
    }

    [Fact]
    public void What_cannot_be_done_is_said()
    {
        using var kafka = EmbeddedKafka.Start();
        Assert.Throws<EmbeddedServerException>(() => kafka.SetBrokerDown(9));
        Assert.Throws<ArgumentOutOfRangeException>(() => kafka.CreateTopic("none", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => kafka.SetRoundTrip(1, TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmbeddedKafkaOptions { Brokers = 0 });
        kafka.Dispose();
        Assert.Throws<ObjectDisposedException>(() => kafka.CreateTopic("late", 1));
    }

    private static IProducer<Null, string> Producer(EmbeddedKafka kafka) => new ProducerBuilder<Null, string>(new ProducerConfig
    {
        BootstrapServers = kafka.BootstrapServers,
        EnableIdempotence = true,
        LingerMs = 0,
    }).SetLogHandler((_, _) => { }).Build();
}
