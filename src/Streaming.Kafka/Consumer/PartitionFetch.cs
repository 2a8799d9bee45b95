using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Levee.Streaming.Kafka;

/// <summary>Begins, pauses and resumes the fetching of partitions. Runs on the consumer's thread.</summary>
internal sealed class PartitionFetch(KafkaStreamOptions options, PartitionTable table, ILogger logger)
{
    /// <summary>
    /// An offset to assign a partition at while its start is not known. Never a logical one such as the log's end: librdkafka looks that
    /// up, and when the answer comes after a seek it looks it up again and goes there, which would skip everything in between.
    /// </summary>
    /// <param name="partition">The partition.</param>
    public static Offset Anywhere(KafkaPartition partition) => partition.LogEnd ?? 0;

    /// <summary>Takes up a partition that is being assigned.</summary>
    /// <param name="intake">The partition's intake.</param>
    /// <param name="start">The start.</param>
    /// <returns>The offset to assign it at.</returns>
    public Offset Begin(PartitionIntake intake, PartitionStart start)
    {
        var partition = intake.Partition;
        intake.Begin(start);
        if (start.BlockedReason is { } reason)
        {
            Log.PartitionBlocked(logger, partition, reason);
            return Anywhere(partition);
        }

        Log.PartitionBegun(logger, partition, start.ReadFrom, start.Epoch);
        table.Serve(partition);
        return start.ReadFrom;
    }

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

        if (start.BlockedReason is not null)
        {
            Begin(intake, start);
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

        Begin(intake, start);
        return true;
    }

    /// <summary>
    /// Has newly assigned partitions fetched. The client keeps a partition paused across assignments, so one that was given away while its
    /// cache was full would come back and never be fetched again.
    /// </summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="partitions">What was assigned.</param>
    public void ResumeAll(IConsumer<byte[], byte[]> consumer, IEnumerable<TopicPartition> partitions)
    {
        foreach (var topicPartition in partitions)
        {
            if (table.Find(topicPartition.Topic, topicPartition.Partition.Value) is not { Partition: { IsPaused: false } partition })
            {
                continue;
            }

            try
            {
                consumer.Resume([topicPartition]);
            }
            catch (KafkaException exception)
            {
                Log.StartFailed(logger, partition, exception);
            }
        }
    }

    /// <summary>
    /// Pauses a partition whose cache is full, and resumes it when it is half empty. A record that stays incomplete alone, as one of a grain that
    /// always fails, does not fill the cache: the others go on, until they are too far ahead to be remembered.
    /// </summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="intake">The partition's intake.</param>
    public void ControlFlow(IConsumer<byte[], byte[]> consumer, PartitionIntake intake)
    {
        var partition = intake.Partition;
        if (partition.State != PartitionState.Running)
        {
            return;
        }

        var (cached, span) = (intake.Cached, partition.Tracker.Count);
        var isFull = cached >= (partition.IsPaused ? (options.MaxPartitionRecords / 2) + 1 : options.MaxPartitionRecords)
            || span >= options.MaxPartitionSpan;
        if (isFull == partition.IsPaused)
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
