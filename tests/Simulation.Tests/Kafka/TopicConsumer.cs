using System.Text;
using Confluent.Kafka;

namespace Levee.Simulation.Tests.Kafka;

/// <summary>Reads all records of a topic.</summary>
internal static class TopicConsumer
{
    public static List<(int Partition, long Offset, string Key, byte[] Value)> ReadAll(string servers, string topic, int partitions)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = servers,
            GroupId = "test",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var records = new List<(int, long, string, byte[])>();
        for (var open = partitions; open > 0;)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(20)) ?? throw new TimeoutException($"{topic} does not end.");
            if (result.IsPartitionEOF)
            {
                open--;
            }
            else
            {
                records.Add((result.Partition.Value, result.Offset.Value, Encoding.UTF8.GetString(result.Message.Key), result.Message.Value));
            }
        }

        return records;
    }
}
