using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka;

/// <summary>Stores how far partitions are complete: first in the checkpoint store, then as the group's committed offsets.</summary>
internal sealed class CheckpointCommitter(
    IKafkaCheckpointStore store, KafkaStreamMetrics metrics, ConsumerStatus status, ILogger logger)
{
    private readonly SemaphoreSlim _storing = new(1);
    private readonly SemaphoreSlim _committing = new(1);

    /// <summary>Writes the checkpoints that have changed.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when the store did not take them.</returns>
    public async Task<bool> StoreAsync(IEnumerable<KafkaPartition> partitions, CancellationToken cancellationToken)
    {
        await _storing.WaitAsync(cancellationToken);
        try
        {
            var changed = new List<(KafkaPartition Partition, KafkaCheckpoint Checkpoint)>();
            foreach (var partition in partitions.Where(p => p.State is PartitionState.Running or PartitionState.Blocked))
            {
                var (nextOffset, watermark) = partition.Tracker.Position;
                var checkpoint = new KafkaCheckpoint(partition.Topic, partition.Epoch, partition.Number, nextOffset, watermark);
                if (checkpoint != partition.Stored)
                {
                    changed.Add((partition, checkpoint));
                }
            }

            if (changed.Count > 0)
            {
                var startedAt = Stopwatch.GetTimestamp();
                await store.WriteAsync([.. changed.Select(c => c.Checkpoint)], cancellationToken);
                metrics.Stored(Stopwatch.GetElapsedTime(startedAt));
                foreach (var (partition, checkpoint) in changed)
                {
                    partition.Stored = checkpoint;
                }

                status.StoreAnswered();
            }

            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            status.StoreFailed(exception);
            Log.StoreFailed(logger, exception);
            return false;
        }
        finally
        {
            _storing.Release();
        }
    }

    /// <summary>
    /// Writes the watermarks to which idle partitions advance, and lets them count. Not at the same time as other checkpoints, so a
    /// partition that is given back has either all of it behind it or nothing.
    /// </summary>
    /// <param name="advances">What <see cref="PartitionIntake.BeginAdvance"/> returned.</param>
    /// <param name="cancellationToken">Gives up; the outcome is then unknown and the advance must be repeated.</param>
    public async Task AdvanceAsync(
        IReadOnlyList<(PartitionIntake Intake, KafkaCheckpoint Checkpoint)> advances, CancellationToken cancellationToken)
    {
        await _storing.WaitAsync(cancellationToken);
        try
        {
            await store.WriteAsync([.. advances.Select(a => a.Checkpoint)], cancellationToken);
            status.StoreAnswered();
            foreach (var (intake, checkpoint) in advances)
            {
                intake.EndAdvance(checkpoint);
            }
        }
        catch (Exception exception)
        {
            status.StoreFailed(exception);
            throw;
        }
        finally
        {
            _storing.Release();
        }
    }

    /// <summary>Commits the stored offsets to the group. Blocks while the broker is slow.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="partitions">The partitions.</param>
    /// <param name="patience">How long to wait for a commit under way elsewhere.</param>
    public void Commit(IConsumer<byte[], byte[]> consumer, IEnumerable<KafkaPartition> partitions, TimeSpan patience)
    {
        if (!_committing.Wait(patience))
        {
            return;
        }

        try
        {
            var behind = partitions
                .Where(p => p.State is PartitionState.Running or PartitionState.Blocked && p.Stored is { } s && s.NextOffset != p.Committed)
                .Select(p => (Partition: p, p.Stored!.NextOffset))
                .ToList();
            if (behind.Count == 0)
            {
                return;
            }

            var startedAt = Stopwatch.GetTimestamp();
            consumer.Commit(behind.Select(b => new TopicPartitionOffset(b.Partition.Topic, b.Partition.Number, b.NextOffset)));
            metrics.Committed(Stopwatch.GetElapsedTime(startedAt));
            foreach (var (partition, nextOffset) in behind)
            {
                partition.Committed = nextOffset;
            }
        }
        catch (KafkaException exception) when (exception.Error.Code is ErrorCode.RebalanceInProgress)
        {
            // Part of every rebalance; the next round commits.
        }
        catch (KafkaException exception)
        {
            // A silo that has lost its membership is refused here (UnknownMemberId): that is the fence doing its work.
            Log.CommitFailed(logger, exception);
        }
        finally
        {
            _committing.Release();
        }
    }
}
