using Confluent.Kafka;

namespace Levee.Cli.Kafka;

/// <summary>
/// What a topic held at one moment. It can be read several times, and records that come later are not in it, so that reading ends while
/// others produce.
/// </summary>
internal sealed class TopicSnapshot
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly string _servers;
    private readonly Dictionary<int, WatermarkOffsets> _bounds;

    private TopicSnapshot(string servers, string topic, Dictionary<int, WatermarkOffsets> bounds)
    {
        _servers = servers;
        _bounds = bounds;
        Topic = topic;
    }

    public string Topic { get; }

    /// <summary>Looks where the topic's partitions begin and end.</summary>
    /// <exception cref="CliException">No broker answers, or there is no such topic.</exception>
    public static TopicSnapshot Take(string servers, string topic)
    {
        using var consumer = KafkaClients.Consumer(servers);
        try
        {
            // All topics are asked for: asking for one by name may create it.
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            var found = admin.GetMetadata(Timeout).Topics.Find(t => t.Topic == topic && !t.Error.IsError)
                ?? throw new CliException($"There is no topic {topic} at {servers}.");
            return new TopicSnapshot(servers, topic, found.Partitions.ToDictionary(
                p => p.PartitionId, p => consumer.QueryWatermarkOffsets(new TopicPartition(topic, p.PartitionId), Timeout)));
        }
        catch (KafkaException exception)
        {
            throw new CliException($"No Kafka broker answers at {servers}: {exception.Error.Reason}.", exception);
        }
    }

    /// <summary>Whether an offset lies between a partition's begin and end.</summary>
    public bool Has(int partition, long offset) =>
        _bounds.TryGetValue(partition, out var bounds) && offset >= bounds.Low.Value && offset < bounds.High.Value;

    /// <summary>All records, each partition's in order, partitions mixed.</summary>
    public IEnumerable<ConsumeResult<byte[]?, byte[]?>> Read(CancellationToken cancellationToken) =>
        Read(_bounds.ToDictionary(b => b.Key, b => b.Value.Low.Value), cancellationToken);

    /// <summary>The records of one partition from an offset on.</summary>
    public IEnumerable<ConsumeResult<byte[]?, byte[]?>> Read(int partition, long offset, CancellationToken cancellationToken) =>
        Read(new Dictionary<int, long> { [partition] = offset }, cancellationToken);

    private IEnumerable<ConsumeResult<byte[]?, byte[]?>> Read(Dictionary<int, long> from, CancellationToken cancellationToken)
    {
        var open = from.Where(f => f.Value < _bounds[f.Key].High.Value).Select(f => f.Key).ToHashSet();
        using var consumer = KafkaClients.Consumer(_servers);
        consumer.Assign(open.Select(partition => new TopicPartitionOffset(Topic, partition, from[partition])));
        while (open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = consumer.Consume(Timeout)
                ?? throw new CliException($"The brokers at {_servers} stopped answering while topic {Topic} was read.");
            var partition = result.Partition.Value;
            var end = _bounds[partition].High.Value;

            // The last offsets need not be records: a transaction's markers are offsets too.
            if (result.IsPartitionEOF || result.Offset.Value >= end - 1)
            {
                open.Remove(partition);
            }

            if (!result.IsPartitionEOF && result.Offset.Value < end)
            {
                yield return result;
            }
        }
    }
}
