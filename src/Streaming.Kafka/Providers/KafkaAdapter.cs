using System.Collections.Concurrent;
using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>The provider's adapter: reads and produces, not rewindable (ADR 0008).</summary>
internal sealed class KafkaAdapter(string name, PartitionTable table, KafkaStreamProducer producer) : IQueueAdapter, IQueueAdapterCache
{
    private readonly ConcurrentDictionary<QueueId, KafkaPartitionReceiver> _receivers = new();

    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public bool IsRewindable => false;

    /// <inheritdoc />
    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    /// <summary>Called by an agent when it starts, before <see cref="CreateReceiver"/>; an agent that is reused calls again.</summary>
    /// <param name="queueId">The agent's queue.</param>
    public IQueueCache CreateQueueCache(QueueId queueId) =>
        _receivers[queueId] = new KafkaPartitionReceiver(queueId, table);

    /// <inheritdoc />
    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => _receivers[queueId];

    /// <summary>Produces; completes when the broker has everything. The request context does not travel with records.</summary>
    /// <typeparam name="T">Type of the items.</typeparam>
    /// <param name="streamId">The stream.</param>
    /// <param name="events">The items.</param>
    /// <param name="token">Must be null: the broker numbers the records.</param>
    /// <param name="requestContext">Not used.</param>
    public Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        ArgumentNullException.ThrowIfNull(events);
        return token is null
            ? producer.ProduceAsync(streamId, events)
            : throw new ArgumentException($"Stream provider '{name}' takes no tokens: Kafka numbers the records.", nameof(token));
    }
}
