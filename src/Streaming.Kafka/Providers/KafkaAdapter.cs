using System.Collections.Concurrent;
using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>The provider's adapter: read only, not rewindable.</summary>
internal sealed class KafkaAdapter(string name, PartitionTable table) : IQueueAdapter, IQueueAdapterCache
{
    private readonly ConcurrentDictionary<QueueId, KafkaPartitionReceiver> _receivers = new();

    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public bool IsRewindable => false;

    /// <inheritdoc />
    public StreamProviderDirection Direction => StreamProviderDirection.ReadOnly;

    /// <summary>Called by an agent when it starts, before <see cref="CreateReceiver"/>; an agent that is reused calls again.</summary>
    /// <param name="queueId">The agent's queue.</param>
    public IQueueCache CreateQueueCache(QueueId queueId) =>
        _receivers[queueId] = new KafkaPartitionReceiver(queueId, table);

    /// <inheritdoc />
    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => _receivers[queueId];

    /// <inheritdoc />
    public Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext) =>
        throw new NotSupportedException($"Stream provider '{name}' only reads: produce to the Kafka topic instead.");
}
