using Confluent.Kafka;

namespace Levee.Cli;

/// <summary>Reads a topic from its beginning to its end, without a consumer group's offsets.</summary>
internal static class TopicReader
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static TopicContent ReadAll(string servers, string topic, int max, CancellationToken cancellationToken)
    {
        var configuration = new ConsumerConfig
        {
            BootstrapServers = servers,
            GroupId = "levee-cli",
            ClientId = "levee-cli",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            AllowAutoCreateTopics = false,
        };
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(configuration).SetLogHandler((_, _) => { }).Build();
        var partitions = FindPartitions(consumer, servers, topic);
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var open = partitions.ToHashSet();
        var records = new List<ConsumeResult<byte[]?, byte[]?>>();
        while (open.Count > 0 && records.Count < max)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = consumer.Consume(Timeout)
                ?? throw new CliException($"The brokers at {servers} stopped answering while topic {topic} was read.");
            if (result.IsPartitionEOF)
            {
                open.Remove(result.Partition.Value);
            }
            else if (open.Contains(result.Partition.Value))
            {
                records.Add(result);
            }
        }

        return new TopicContent([.. records.OrderBy(r => r.Partition.Value).ThenBy(r => r.Offset.Value)], open.Count == 0);
    }

    private static List<int> FindPartitions(IConsumer<byte[]?, byte[]?> consumer, string servers, string topic)
    {
        try
        {
            // All topics are asked for: asking for one by name may create it.
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            return admin.GetMetadata(Timeout).Topics.FirstOrDefault(t => t.Topic == topic && !t.Error.IsError) is { } found
                ? [.. found.Partitions.Select(partition => partition.PartitionId)]
                : throw new CliException($"There is no topic {topic} at {servers}.");
        }
        catch (KafkaException exception)
        {
            throw new CliException($"No Kafka broker answers at {servers}: {exception.Error.Reason}.", exception);
        }
    }
}
