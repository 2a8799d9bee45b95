using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>One queue for each topic-partition.</summary>
internal sealed class KafkaPartitionQueueMapper(PartitionTable table) : IConsistentRingStreamQueueMapper
{
    /// <summary>The queue of a partition; the same on every silo.</summary>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="partition">Partition number.</param>
    public static QueueId QueueOf(string topic, int partition)
    {
        var hash = 2_166_136_261u;
        foreach (var character in topic)
        {
            hash = (hash ^ character) * 16_777_619u;
        }

        return QueueId.GetQueueId(topic, (uint)partition, (hash ^ (uint)partition) * 16_777_619u);
    }

    /// <inheritdoc />
    public IEnumerable<QueueId> GetAllQueues() => table.Queues;

    /// <inheritdoc />
    public IEnumerable<QueueId> GetQueuesForRange(IRingRange range) => table.Queues.Where(q => range.InRange(q.GetUniformHashCode()));

    /// <inheritdoc />
    public QueueId GetQueueForStream(StreamId streamId) =>
        throw new NotSupportedException("A stream's partition is decided by whoever produces to the topic, record by record.");
}
