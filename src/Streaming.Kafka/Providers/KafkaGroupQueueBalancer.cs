using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Gives this silo the queues of the partitions that Kafka's consumer group has assigned to it. The group's generation fences commits,
/// so ownership and the right to commit are one thing.
/// </summary>
internal sealed class KafkaGroupQueueBalancer(PartitionTable table) : IStreamQueueBalancer
{
    /// <inheritdoc />
    public Task Initialize(IStreamQueueMapper queueMapper) => Task.CompletedTask;

    /// <inheritdoc />
    public Task Shutdown() => Task.CompletedTask;

    /// <inheritdoc />
    public IEnumerable<QueueId> GetMyQueues() => table.Queues;

    /// <inheritdoc />
    public bool SubscribeToQueueDistributionChangeEvents(IStreamQueueBalanceListener observer) => table.Subscribe(observer);

    /// <inheritdoc />
    public bool UnSubscribeFromQueueDistributionChangeEvents(IStreamQueueBalanceListener observer) => table.Unsubscribe(observer);
}
