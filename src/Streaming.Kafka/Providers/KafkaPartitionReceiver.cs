using System.Diagnostics;
using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>
/// What a pulling agent reads from: receiver and cache in one. A read moves new events to their lanes and returns one notification for
/// each lane; the events come from the lanes' cursors.
/// </summary>
internal sealed class KafkaPartitionReceiver : IQueueAdapterReceiver, IQueueCache
{
    private const int MaxRead = 1_024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly QueueId _queue;
    private readonly PartitionTable _table;

    public KafkaPartitionReceiver(QueueId queue, PartitionTable table)
    {
        _queue = queue;
        _table = table;
        FollowTable();
    }

    /// <summary>
    /// The partition that the agent reads. After it was given back this stays the last one, whose release waits to hear of the shutdown.
    /// </summary>
    public KafkaPartition? Partition { get; private set; }

    /// <inheritdoc />
    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
    {
        // The agent reads until a read comes back empty; without yielding it would not deliver meanwhile.
        await Task.Yield();
        FollowTable();
        if (Partition is not { State: not PartitionState.Released } partition)
        {
            return [];
        }

        var startedAt = Stopwatch.GetTimestamp();
        var told = partition.Lanes.Collect(MaxRead);
        while (told.Count == 0 && Stopwatch.GetElapsedTime(startedAt) is var waited && waited < LongestWait)
        {
            // All that was moved may belong to lanes that are busy, and what the next read finds must not wait for them.
            if (!partition.Lanes.HasIncoming)
            {
                await partition.Lanes.WaitAsync(LongestWait - waited);
            }

            told = partition.Lanes.Collect(MaxRead);
        }

        return told;
    }

    /// <inheritdoc />
    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    /// <inheritdoc />
    public Task Shutdown(TimeSpan timeout)
    {
        Partition?.AgentStopped();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public int GetMaxAddCount() => MaxRead;

    /// <inheritdoc />
    public void AddToCache(IList<IBatchContainer> messages)
    {
        // The lanes have the events already.
    }

    /// <inheritdoc />
    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        // Acknowledged events leave their lanes at once.
        purgedItems = [];
        return false;
    }

    /// <summary>
    /// A cursor at the lane's first event that is not acknowledged, whatever the token: at worst events are delivered twice.
    /// </summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="token">Not used.</param>
    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token) =>
        Partition is { } partition
            ? new LaneCursor(this, partition.GetLane(streamId))
            : throw new InvalidOperationException($"Queue {_queue} belongs to no partition of this silo.");

    /// <inheritdoc />
    public bool IsUnderPressure() => false;

    private void FollowTable()
    {
        var current = _table.Find(_queue);
        if (current is not null && !ReferenceEquals(current, Partition))
        {
            Partition?.AgentStopped();
            Partition = current;
            current.AgentStarted();
        }
    }
}
