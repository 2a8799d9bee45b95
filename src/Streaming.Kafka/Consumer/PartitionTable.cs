using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>The partitions that the group has given to this silo. Written by the consumer's thread, read by everyone.</summary>
internal sealed class PartitionTable(ILogger logger)
{
    private readonly ConcurrentDictionary<(string Topic, int Number), PartitionIntake> _intakes = new();
    private readonly ConcurrentDictionary<QueueId, KafkaPartition> _served = new();
    private readonly ConcurrentDictionary<IStreamQueueBalanceListener, byte> _listeners = new();

    /// <summary>All assigned partitions.</summary>
    public IEnumerable<PartitionIntake> Intakes => _intakes.Values;

    /// <summary>The queues that need an agent.</summary>
    public IEnumerable<QueueId> Queues => _served.Keys;

    /// <summary>The partitions in order of topic and number.</summary>
    public IReadOnlyList<PartitionIntake> Ordered() =>
        [.. _intakes.Values.OrderBy(i => i.Partition.Topic, StringComparer.Ordinal).ThenBy(i => i.Partition.Number)];

    /// <summary>The intake of a partition, or null when it is not assigned.</summary>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="number">Partition number.</param>
    public PartitionIntake? Find(string topic, int number) => _intakes.GetValueOrDefault((topic, number));

    /// <summary>The partition that a queue stands for, or null when it is not served.</summary>
    /// <param name="queue">The queue.</param>
    public KafkaPartition? Find(QueueId queue) => _served.GetValueOrDefault(queue);

    /// <summary>Adds an assigned partition; it is not served yet.</summary>
    /// <param name="intake">Its intake.</param>
    public void Add(PartitionIntake intake) => _intakes[(intake.Partition.Topic, intake.Partition.Number)] = intake;

    /// <summary>Has an agent started for a partition.</summary>
    /// <param name="partition">The partition.</param>
    public void Serve(KafkaPartition partition)
    {
        _served[partition.QueueId] = partition;
        NotifyListeners();
    }

    /// <summary>Takes partitions out and has their agents stopped.</summary>
    /// <param name="intakes">Their intakes.</param>
    public void Remove(IReadOnlyCollection<PartitionIntake> intakes)
    {
        foreach (var partition in intakes.Select(i => i.Partition))
        {
            _intakes.TryRemove((partition.Topic, partition.Number), out _);
            _served.TryRemove(partition.QueueId, out _);
        }

        NotifyListeners();
    }

    /// <summary>Has a listener told of changes.</summary>
    /// <param name="listener">The listener.</param>
    public bool Subscribe(IStreamQueueBalanceListener listener) => _listeners.TryAdd(listener, 0);

    /// <summary>Tells a listener nothing more.</summary>
    /// <param name="listener">The listener.</param>
    public bool Unsubscribe(IStreamQueueBalanceListener listener) => _listeners.TryRemove(listener, out _);

    // Not awaited: the listener hops to its own scheduler, and the consumer's thread must not wait for agents that wait for it.
    private void NotifyListeners()
    {
        foreach (var listener in _listeners.Keys)
        {
            _ = Task.Run(async () =>
            {
                try
                {
                    await listener.QueueDistributionChangeNotification();
                }
                catch (Exception exception)
                {
                    Log.NotificationFailed(logger, exception);
                }
            });
        }
    }
}
