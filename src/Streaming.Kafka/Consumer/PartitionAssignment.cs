using Confluent.Kafka;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Takes partitions up: where each begins is found out on other threads, and on the consumer's it is then read from there.
/// </summary>
/// <param name="table">The silo's partitions.</param>
/// <param name="starter">Finds out where a partition begins.</param>
/// <param name="fetch">Reads it from there.</param>
/// <param name="newIntake">Makes the intake of a topic's partition.</param>
/// <param name="enqueue">Hands work to the consumer's thread.</param>
internal sealed class PartitionAssignment(
    PartitionTable table,
    PartitionStarter starter,
    PartitionFetch fetch,
    Func<string, int, PartitionIntake> newIntake,
    Action<Action<SharedConsumer>> enqueue)
{
    private static readonly TimeSpan SeekRetryDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(2);

    /// <summary>Takes up partitions that the group assigns.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="partitions">The partitions.</param>
    /// <returns>Where to read each of them from.</returns>
    public IReadOnlyList<TopicPartitionOffset> TakeUp(SharedConsumer consumer, IReadOnlyList<TopicPartition> partitions)
    {
        var found = new List<(PartitionIntake Intake, Task<PartitionStart?> Start)>();
        foreach (var partition in partitions)
        {
            var intake = Add(partition.Topic, partition.Partition.Value);
            found.Add((intake, FindStart(consumer, intake)));
        }

        // Reading begins where it should from the first fetch on. Only when the broker or the store does not answer in good time does it
        // begin anywhere, with records that are ignored, and is sent to its start by a seek later.
        Task.WhenAll(found.Select(f => f.Start)).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(StartPatience);
        return found.ConvertAll(f => new TopicPartitionOffset(
            f.Intake.Partition.Topic, f.Intake.Partition.Number, f.Start is { IsCompletedSuccessfully: true, Result: { } start }
                ? fetch.Begin(f.Intake, start)
                : BeginWhenFound(f.Intake, f.Start)));
    }

    /// <summary>Takes up a partition that the silo has had until now, perhaps in another epoch.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="number">Partition number, from 0.</param>
    /// <param name="replay">What is to be delivered once more; null for nothing.</param>
    public void BeginAnew(SharedConsumer consumer, string topic, int number, PartitionReplay? replay = null)
    {
        var intake = Add(topic, number, replay);
        BeginWhenFound(intake, FindStart(consumer, intake), replay);
    }

    private PartitionIntake Add(string topic, int number, PartitionReplay? replay = null)
    {
        var intake = newIntake(topic, number);
        replay?.Continue(intake);
        table.Add(intake);
        return intake;
    }

    private Task<PartitionStart?> FindStart(SharedConsumer consumer, PartitionIntake intake)
    {
        var use = consumer.TryUse();
        return Task.Run(async () =>
        {
            using (use)
            {
                return use is null ? null : await starter.FindStartAsync(use.Client, intake.Partition);
            }
        });
    }

    private Offset BeginWhenFound(PartitionIntake intake, Task<PartitionStart?> found, PartitionReplay? replay = null)
    {
        found.ContinueWith(
            task =>
            {
                if (task is { IsCompletedSuccessfully: true, Result: { } start })
                {
                    EnqueueBegin(intake, replay?.Begin(start) ?? start);
                }
            },
            TaskScheduler.Default);
        return PartitionFetch.Anywhere(intake.Partition);
    }

    private void EnqueueBegin(PartitionIntake intake, PartitionStart start) => enqueue(consumer =>
    {
        if (!fetch.TryBegin(consumer.Client, intake, start))
        {
            _ = Task.Delay(SeekRetryDelay).ContinueWith(_ => EnqueueBegin(intake, start), TaskScheduler.Default);
        }
    });
}
