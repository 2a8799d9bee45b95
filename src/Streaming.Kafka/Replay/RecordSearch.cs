using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Reads single records, with a consumer of its own that belongs to no group. Times are found by binary search: not every broker answers
/// when it is asked for the offset of a time (librdkafka's mock broker always says the end).
/// </summary>
internal sealed class RecordSearch : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly IConsumer<Ignore, Ignore> _consumer;

    public RecordSearch(KafkaStreamOptions options)
    {
        var configuration = KafkaClientConfiguration.Consumer(options);
        configuration.GroupId += ".search";
        configuration.GroupInstanceId = null;
        configuration.EnableAutoCommit = false;
        configuration.EnablePartitionEof = true;
        configuration.AutoOffsetReset = AutoOffsetReset.Error;
        _consumer = new ConsumerBuilder<Ignore, Ignore>(configuration).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>The log's first offset, and the one after its last.</summary>
    /// <param name="partition">The partition.</param>
    public WatermarkOffsets GetBounds(TopicPartition partition) => _consumer.QueryWatermarkOffsets(partition, Timeout);

    /// <summary>The first record that is not before a time; O(log n) records are read.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="low">First offset to look at.</param>
    /// <param name="high">The offset after the last one.</param>
    /// <param name="micros">The time, microseconds since the Unix epoch. Records' timestamps are milliseconds and taken to ascend.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its offset; null when every record is before the time.</returns>
    /// <exception cref="KafkaException">The brokers do not answer.</exception>
    public long? FindFirst(TopicPartition partition, long low, long high, long micros, CancellationToken cancellationToken)
    {
        long? found = null;
        while (low < high)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var middle = low + ((high - low) / 2);
            if (ReadAt(partition, middle, cancellationToken) is not { } record || record.Offset.Value >= high)
            {
                // Offsets without records, such as those of control records.
                high = middle;
            }
            else if (record.Message.Timestamp.UnixTimestampMs * 1000 < micros)
            {
                low = record.Offset.Value + 1;
            }
            else
            {
                found = record.Offset.Value;
                high = middle;
            }
        }

        return found;
    }

    /// <inheritdoc />
    public void Dispose() => _consumer.Dispose();

    private ConsumeResult<Ignore, Ignore>? ReadAt(TopicPartition partition, long offset, CancellationToken cancellationToken)
    {
        _consumer.Assign(new TopicPartitionOffset(partition, offset));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Timeout);
        try
        {
            var result = _consumer.Consume(patience.Token);
            return result.IsPartitionEOF ? null : result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KafkaException(ErrorCode.Local_TimedOut);
        }
    }
}
