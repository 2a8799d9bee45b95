using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Levee.Streaming.Kafka;

/// <summary>
/// What has to be done to partitions from time to time: checkpoints and commits, the watermarks of idle partitions, the ends of their
/// logs, restarts, and a look whether a topic was created anew.
/// </summary>
internal sealed class PartitionUpkeep(
    KafkaStreamOptions options,
    PartitionTable table,
    ConsumerThread thread,
    CheckpointCommitter committer,
    KafkaSourceResolver sources,
    IKafkaCheckpointStore store,
    ConsumerStatus status,
    ILogger logger)
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstAnswers = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SourceInterval = TimeSpan.FromSeconds(10);

    /// <summary>Runs until cancelled.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
            RepeatAsync(options.CommitInterval, StoreAsync, cancellationToken),
            RepeatAsync(options.CommitInterval, CommitAsync, cancellationToken),
            RepeatAsync(options.IdleAfter < WatchInterval ? options.IdleAfter : WatchInterval, WatchAsync, cancellationToken),
            RepeatAsync(SourceInterval, WatchSourcesAsync, cancellationToken));

    private async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(interval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await work(cancellationToken);
            }
            catch (Exception exception)
            {
                if (!cancellationToken.IsCancellationRequested)
                {
                    Log.UpkeepFailed(logger, exception);
                }
            }
        }
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StoreTimeout);
        await committer.StoreAsync(table.Intakes.Select(i => i.Partition), timeout.Token);
    }

    private Task CommitAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var use = thread.Consumer?.TryUse();
            if (use is not null)
            {
                committer.Commit(use.Client, table.Intakes.Select(i => i.Partition), TimeSpan.Zero);
            }
        },
        cancellationToken);

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var use = thread.Consumer?.TryUse();
        if (use is null)
        {
            return;
        }

        foreach (var intake in table.Intakes)
        {
            var partition = intake.Partition;
            if (partition.State == PartitionState.Running)
            {
                var seen = use.Client.GetWatermarkOffsets(new TopicPartition(partition.Topic, partition.Number)).High;

                // What the client remembers of its last fetch; a log that is not fetched was perhaps asked since.
                partition.LogEnd = seen.IsSpecial ? partition.LogEnd : Math.Max(partition.LogEnd ?? 0, seen.Value);
            }
            else if (intake.NeedsRestart && partition.Tracker.Count == 0 && intake.MayRestart())
            {
                thread.Restart(intake);
            }
        }

        await AdvanceIdleAsync(cancellationToken);
    }

    private async Task AdvanceIdleAsync(CancellationToken cancellationToken)
    {
        // All at once, and those that answer first go first: a broker that is away must not hold up the partitions of the others. On threads of
        // their own: a question blocks, and as many of them on the thread pool would keep everybody else from it twice a second.
        var asked = new List<Task<(PartitionIntake Intake, KafkaCheckpoint Checkpoint)?>>();
        foreach (var intake in table.Intakes)
        {
            if (intake.BeginAdvance(out var isRepeated) is { } checkpoint)
            {
                asked.Add(Task.Factory.StartNew<(PartitionIntake, KafkaCheckpoint)?>(
                    () =>
                    {
                        if (isRepeated || IsReadToEnd(intake))
                        {
                            return (intake, checkpoint);
                        }

                        intake.AbandonAdvance();
                        return null;
                    },
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default));
            }
        }

        await Task.WhenAny(Task.WhenAll(asked), Task.Delay(FirstAnswers, cancellationToken));
        var answered = asked.FindAll(one => one.IsCompleted);
        await AdvanceAsync(answered, cancellationToken);
        await AdvanceAsync([.. asked.Except(answered)], cancellationToken);
    }

    private async Task AdvanceAsync(List<Task<(PartitionIntake Intake, KafkaCheckpoint Checkpoint)?>> asked, CancellationToken cancellationToken)
    {
        (PartitionIntake, KafkaCheckpoint)[] advances = [.. (await Task.WhenAll(asked)).OfType<(PartitionIntake, KafkaCheckpoint)>()];
        if (advances.Length == 0)
        {
            return;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StoreTimeout);
        await committer.AdvanceAsync(advances, timeout.Token);
    }

    // Has a use of its own: whoever waits for the answers may give up before they have come.
    private bool IsReadToEnd(PartitionIntake intake)
    {
        using var use = thread.Consumer?.TryUse();
        if (use is null)
        {
            return false;
        }

        try
        {
            var partition = new TopicPartition(intake.Partition.Topic, intake.Partition.Number);
            var end = use.Client.QueryWatermarkOffsets(partition, QueryTimeout).High.Value;
            intake.Partition.LogEnd = end;
            status.BrokerAnswered();
            if (intake.ReadTo < end)
            {
                return false;
            }

            intake.Partition.LogAnswered();
            return true;
        }
        catch (KafkaException exception)
        {
            // Nobody knows what the log holds: without an answer an idle partition stays where it is.
            status.BrokerFailed(exception.Error.Reason);
            intake.Partition.LogFailed(exception.Error.Reason);
            return false;
        }
    }

    private async Task WatchSourcesAsync(CancellationToken cancellationToken)
    {
        foreach (var topic in table.Intakes.Where(i => i.Partition.State == PartitionState.Running).GroupBy(i => i.Partition.Topic))
        {
            using var use = thread.Consumer?.TryUse();
            if (use is null)
            {
                return;
            }

            var sourceId = await sources.GetSourceIdAsync(use.Client.Handle, topic.Key);
            status.BrokerAnswered();
            var epoch = await store.GetEpochAsync(topic.Key, new KafkaSource(sourceId), cancellationToken);
            foreach (var intake in topic.Where(i => i.Partition.Epoch < epoch))
            {
                intake.BlockAndRestart($"epoch {epoch} has begun");
            }
        }
    }
}
