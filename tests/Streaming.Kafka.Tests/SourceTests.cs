using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Levee.Streaming.Kafka.Tests;

public sealed class SourceTests
{
    [Fact]
    public async Task Two_clusters_and_two_topics_are_different_sources_and_one_topic_stays_one_source()
    {
        using var first = TestKafka.StartEmbedded();
        using var second = TestKafka.StartEmbedded();
        first.CreateTopic("orders", 1);
        first.CreateTopic("labels", 1);
        second.CreateTopic("orders", 1);

        var source = await SourceOfAsync(first, "orders");
        Assert.Equal(source, await SourceOfAsync(first, "orders"));
        Assert.NotEqual(source, await SourceOfAsync(second, "orders"));
        Assert.NotEqual(source, await SourceOfAsync(first, "labels"));
    }

    [Fact]
    public async Task A_configured_source_wins()
    {
        using var kafka = TestKafka.StartEmbedded();
        Assert.Equal("mine", await SourceOfAsync(kafka, "orders", new KafkaStreamOptions { SourceId = "mine" }));
    }

    private static async Task<string> SourceOfAsync(TestKafka kafka, string topic, KafkaStreamOptions? options = null)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "sources" }).Build();
        return await new KafkaSourceResolver(options ?? new KafkaStreamOptions(), NullLogger.Instance).GetSourceIdAsync(consumer.Handle, topic);
    }
}
