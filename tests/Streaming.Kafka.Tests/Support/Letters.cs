using System.Text;
using Confluent.Kafka;

namespace Levee.Streaming.Kafka.Tests;

/// <summary>Reads a topic of one partition from its beginning.</summary>
internal static class Letters
{
    public static List<ConsumeResult<byte[], byte[]>> Read(TestKafka kafka, string topic, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = $"reader-{Guid.NewGuid()}" }).Build();
        consumer.Assign(new TopicPartitionOffset(kafka.Topic(topic), 0, Offset.Beginning));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        while (records.Count < count && consumer.Consume(TimeSpan.FromSeconds(10)) is { } record)
        {
            records.Add(record);
        }

        return records;
    }

    public static string? Header(ConsumeResult<byte[], byte[]> record, string name) =>
        record.Message.Headers.TryGetLastBytes(name, out var value) ? Encoding.UTF8.GetString(value) : null;
}
