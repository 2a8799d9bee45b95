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
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            EnableIdempotence = true,
            LingerMs = 0,
        }).Build();
        await producer.ProduceAsync("things", new Message<Null, string> { Value = "before" });

        kafka.SetBrokerDown(1);
        var pending = producer.ProduceAsync("things", new Message<Null, string> { Value = "during" });
        kafka.SetBrokerUp(1);

        Assert.Equal(1, (await pending).Offset.Value);
    }

    [Fact]
    public void What_cannot_be_done_is_said()
    {
        using var kafka = EmbeddedKafka.Start();
        Assert.Throws<EmbeddedServerException>(() => kafka.SetBrokerDown(9));
        Assert.Throws<ArgumentOutOfRangeException>(() => kafka.CreateTopic("none", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmbeddedKafkaOptions { Brokers = 0 });
    }
}
