using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Finds out where a partition begins: at the checkpoint, else at the group's committed offset, else at the log's beginning. A begin
/// beyond the log's end means that the log was created anew, so a new epoch begins; a begin before the log's first record means that
/// records are gone, and the partition blocks unless the options say to go on.
/// </summary>
internal sealed class PartitionStarter(
    KafkaStreamOptions options,
    IKafkaCheckpointStore store,
    KafkaSourceResolver sources,
    ConsumerStatus status,
    ILogger logger)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>Tries until it knows, or until the partition is given back.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="partition">The partition.</param>
    /// <returns>Null when the partition was given back.</returns>
    public async Task<PartitionStart?> FindStartAsync(IConsumer<byte[], byte[]> consumer, KafkaPartition partition)
    {
        while (!partition.Released.IsCancellationRequested)
        {
            try
            {
                var start = await TryFindStartAsync(consumer, partition);
                partition.StartError = null;
                return start;
            }
            catch (Exception exception) when (!partition.Released.IsCancellationRequested)
            {
                if (exception is KafkaException)
                {
                    status.BrokerFailed(exception.Message);
                }
                else
                {
                    status.StoreFailed(exception);
                }

                partition.StartError = exception.Message;
                Log.StartFailed(logger, partition, exception);
                await Task.Delay(RetryDelay, partition.Released).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception)
            {
                // Given back meanwhile: nobody waits for the answer.
                return null;
            }
        }

        return null;
    }

    private async Task<PartitionStart> TryFindStartAsync(IConsumer<byte[], byte[]> consumer, KafkaPartition partition)
    {
        var (topic, number, cancellation) = (partition.Topic, partition.Number, partition.Released);
        var topicPartition = new TopicPartition(topic, number);
        var sourceId = await sources.GetSourceIdAsync(consumer.Handle, topic);
        var log = consumer.QueryWatermarkOffsets(topicPartition, Timeout);
        partition.LogEnd = log.High.Value;
        status.BrokerAnswered();
        var epoch = await store.GetEpochAsync(topic, new KafkaSource(sourceId), cancellation);
        var checkpoint = await store.ReadAsync(topic, epoch, number, cancellation);
        status.StoreAnswered();
        var known = checkpoint?.NextOffset ?? (epoch == 1 ? CommittedOffset(consumer, topicPartition) : null);
        if (known > log.High.Value && store is CommittedOffsetsOnly)
        {
            // A new epoch would have to be remembered: else the next start would give its records to grains under the old one's name.
            return new PartitionStart(
                epoch,
                known.Value,
                KafkaPosition.NoWatermark,
                checkpoint,
                FormattableString.Invariant(
                    $"the group's committed offset {known} lies beyond the log's end {log.High.Value}, and without a checkpoint store no new epoch can begin"));
        }

        if (known > log.High.Value)
        {
            epoch = await store.GetEpochAsync(topic, new KafkaSource(sourceId, EndedEpoch: epoch), cancellation);
            Log.EpochBegun(logger, partition, known.Value, log.High.Value, epoch);
            checkpoint = await store.ReadAsync(topic, epoch, number, cancellation);
            known = checkpoint?.NextOffset;
            if (known > log.High.Value)
            {
                throw new InvalidOperationException($"The log of {partition} is shorter than epoch {epoch} knows it; asking again.");
            }
        }

        var low = log.Low.Value;
        var next = known ?? low;
        string? blockedReason = null;
        if (next < low)
        {
            Log.LogTruncated(logger, partition, next, low - 1);
            if (options.TruncatedLog == TruncatedLogPolicy.Block)
            {
                blockedReason = FormattableString.Invariant($"offsets {next} to {low - 1} are gone from the log");
            }
            else
            {
                next = low;
            }
        }

        var watermark = checkpoint?.WatermarkMicros ?? KafkaPosition.NoWatermark;
        return new PartitionStart(epoch, next, watermark, checkpoint, blockedReason);
    }

    // A later epoch's log is not the one that the group's offsets were committed for, whatever the broker still remembers.
    private static long? CommittedOffset(IConsumer<byte[], byte[]> consumer, TopicPartition partition)
    {
        var committed = consumer.Committed([partition], Timeout)[0].Offset;
        return committed.IsSpecial ? null : committed.Value;
    }
}
