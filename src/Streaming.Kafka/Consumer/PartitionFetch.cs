using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Levee.Streaming.Kafka;

/// <summary>Begins, pauses and resumes the fetching of partitions. Runs on the consumer's thread.</summary>
internal sealed class PartitionFetch(KafkaStreamOptions options, PartitionTable table, ILogger logger)
{
    /// <summary>Begins to read a partition at its start, unless it was given back meanwhile.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="intake">The partition's intake.</param>
    /// <param name="start">The start.</param>
    /// <returns>False when the client is not ready yet.</returns>
    public bool TryBegin(IConsumer<byte[], byte[]> consumer, PartitionIntake intake, PartitionStart start)
    {
        var partition = intake.Partition;
        if (!ReferenceEquals(table.Find(partition.Topic, partition.Number), intake))
        {
            return true;
        }

        if (start.BlockedReason is { } reason)
        {
            intake.Begin(start);
            Log.PartitionBlocked(logger, partition, reason);
            return true;
        }

        var from = new TopicPartitionOffset(partition.Topic, partition.Number, start.ReadFrom);
        try
        {
            consumer.Resume([from.TopicPartition]);
            consumer.Seek(from);
        }
        catch (KafkaException)
        {
            // The client has not yet begun to fetch the partition, or has stopped after an error: assign it at the right offset.
            try
            {
                consumer.IncrementalUnassign([from.TopicPartition]);
                consumer.IncrementalAssign([from]);
            }
            catch (KafkaException exception)
            {
                Log.StartFailed(logger, partition, exception);
                return false;
            }
        }

        intake.Begin(start);
        Log.PartitionBegun(logger, partition, start.ReadFrom, start.Epoch);
        table.Serve(partition);
        return true;
    }

    /// <summary>Pauses a partition whose cache is full, and resumes it when it is half empty.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="intake">The partition's intake.</param>
    public void ControlFlow(IConsumer<byte[], byte[]> consumer, PartitionIntake intake)
    {
        var partition = intake.Partition;
        if (partition.State != PartitionState.Running)
        {
            return;
        }

        var cached = intake.Cached;
        if (partition.IsPaused ? cached > options.MaxPartitionRecords / 2 : cached < options.MaxPartitionRecords)
        {
            return;
        }

        var topicPartition = new TopicPartition(partition.Topic, partition.Number);
        if (partition.IsPaused)
        {
            consumer.Resume([topicPartition]);
        }
        else
        {
            consumer.Pause([topicPartition]);
        }

        partition.IsPaused = !partition.IsPaused;
    }
}
