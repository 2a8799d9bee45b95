using System.Diagnostics;
using Confluent.Kafka;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Takes a partition's records in offset order, has them read by the adapter, stamps them with the watermark and hands the events to
/// the lanes. Runs on the consumer's thread, but for the idle protocol.
/// </summary>
/// <remarks>
/// Idle protocol: while an idle partition's advanced watermark is being stored, records that arrive are kept aside; they are stamped
/// only when the store has it, so that after a restart they get the same stamps again. When the outcome of the write is unknown it is
/// repeated until it is known.
/// </remarks>
internal sealed class PartitionIntake(
    KafkaPartition partition,
    IKafkaRecordAdapter adapter,
    KafkaStreamOptions options,
    DeadLetterSink deadLetters,
    KafkaStreamMetrics metrics,
    TimeProvider timeProvider)
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<ConsumeResult<byte[], byte[]>> _aside = new();
    private readonly List<KafkaStreamEvent> _events = new(4);
    private readonly long _delayMicros = options.WatermarkDelay.Ticks / TimeSpan.TicksPerMicrosecond;
    private long _nextOffset;
    private long _replayEnd;
    private long _watermark = KafkaPosition.NoWatermark;
    private long _activeAt = timeProvider.GetTimestamp();
    private long _idleTarget = KafkaPosition.NoWatermark;
    private bool _isAdvancing;
    private long _blockedAt;

    /// <summary>The partition.</summary>
    public KafkaPartition Partition => partition;

    /// <summary>Records received and not complete.</summary>
    public int Cached
    {
        get
        {
            lock (_gate)
            {
                return partition.Tracker.Incomplete + _aside.Count;
            }
        }
    }

    /// <summary>Begins at a partition's start.</summary>
    /// <param name="start">The start.</param>
    public void Begin(PartitionStart start)
    {
        _nextOffset = start.ReadFrom;
        _replayEnd = start.NextOffset;
        _watermark = start.Watermark;
        _activeAt = timeProvider.GetTimestamp();
        partition.Freshness = new FreshnessProbe(metrics.Freshness, partition.Tags, timeProvider);
        partition.Begin(start);
        NeedsRestart = start.BlockedReason is not null;
        _blockedAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Up to where the log has been read; control records at its end count.</summary>
    public long ReadTo => Interlocked.Read(ref _nextOffset);

    /// <summary>True when the partition has to begin anew once all that was received is complete.</summary>
    public bool NeedsRestart { get; private set; }

    /// <summary>True a while after the block, so that a partition that stays blocked is not restarted all the time.</summary>
    public bool MayRestart() => Stopwatch.GetElapsedTime(_blockedAt) >= RestartDelay;

    /// <summary>The log has been read to its end.</summary>
    /// <param name="offset">The end.</param>
    public void ReachedEnd(long offset)
    {
        if (partition.State == PartitionState.Running && offset > _nextOffset)
        {
            Interlocked.Exchange(ref _nextOffset, offset);
        }
    }

    /// <summary>Stops reading, and has the partition begin anew once all that was received is complete.</summary>
    /// <param name="reason">For people.</param>
    public void BlockAndRestart(string reason)
    {
        partition.Block(reason);
        _blockedAt = Stopwatch.GetTimestamp();
        NeedsRestart = true;
    }

    /// <summary>Takes a record.</summary>
    /// <param name="result">The record.</param>
    public void Accept(ConsumeResult<byte[], byte[]> result)
    {
        if (partition.State != PartitionState.Running || result.Offset.Value < _nextOffset)
        {
            return;
        }

        Interlocked.Exchange(ref _nextOffset, result.Offset.Value + 1);
        lock (_gate)
        {
            _activeAt = timeProvider.GetTimestamp();
            if (_isAdvancing || _aside.Count > 0)
            {
                _aside.Enqueue(result);
                return;
            }
        }

        Process(result);
    }

    /// <summary>Takes up records that were kept aside.</summary>
    public void TakeUpAside()
    {
        while (true)
        {
            ConsumeResult<byte[], byte[]>? result;
            lock (_gate)
            {
                if (_isAdvancing || !_aside.TryDequeue(out result))
                {
                    return;
                }
            }

            Process(result);
        }
    }

    /// <summary>
    /// The watermark that an idle partition should advance to, or null when it is not idle. From here to <see cref="EndAdvance"/> no
    /// record is stamped.
    /// </summary>
    /// <param name="isRepeated">True when an earlier write of the same checkpoint had an unknown outcome.</param>
    public KafkaCheckpoint? BeginAdvance(out bool isRepeated)
    {
        lock (_gate)
        {
            isRepeated = _isAdvancing;
            if (partition.IsDraining)
            {
                return null;
            }

            if (!_isAdvancing)
            {
                if (partition.State != PartitionState.Running
                    || _aside.Count > 0
                    || partition.Tracker.Count > 0
                    || timeProvider.GetElapsedTime(_activeAt) < options.IdleAfter)
                {
                    return null;
                }

                var now = (timeProvider.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
                if (now - _delayMicros <= _watermark)
                {
                    return null;
                }

                _idleTarget = now - _delayMicros;
                _isAdvancing = true;
            }

            return new KafkaCheckpoint(
                partition.Topic, partition.Epoch, partition.Number, partition.Tracker.Position.NextOffset, _idleTarget);
        }
    }

    /// <summary>The advanced watermark is stored: from now on it counts.</summary>
    /// <param name="stored">What was stored.</param>
    public void EndAdvance(KafkaCheckpoint stored)
    {
        lock (_gate)
        {
            _watermark = _idleTarget;
            partition.Tracker.TryAdvanceWatermark(_idleTarget);
            partition.Stored = stored;
            _isAdvancing = false;
        }
    }

    /// <summary>Nothing was written: go on as before.</summary>
    public void AbandonAdvance()
    {
        lock (_gate)
        {
            _isAdvancing = false;
        }
    }

    private void Process(ConsumeResult<byte[], byte[]> result)
    {
        var timestamp = result.Message.Timestamp;
        var record = new KafkaRecord(
            result.Topic,
            result.Partition.Value,
            result.Offset.Value,
            timestamp.Type == TimestampType.NotAvailable ? null : timestamp.UnixTimestampMs * 1000,
            result.Message.Key,
            result.Message.Value,
            result.Message.Headers);
        metrics.Records.Add(1, partition.Tags);
        if (TryRoute(in record, out var watermark, out var rejection))
        {
            _watermark = watermark;
            var handle = partition.Tracker.Add(record.Offset, _events.Count, _watermark, Stopwatch.GetTimestamp());
            if (timestamp.Type != TimestampType.NotAvailable)
            {
                partition.Freshness?.Follow(record.Offset, timestamp.UnixTimestampMs);
            }

            var keeps = partition.Failures is { KeepsRecords: true } || KafkaTracing.IsTraced(result.Message.Headers);
            var message = keeps ? result.Message : null;
            foreach (var routed in _events)
            {
                partition.Lanes.Enqueue(new RoutedEvent(routed.Stream, new LaneItem(routed.Payload, record.Offset, handle, message)));
            }
        }
        else if (record.Offset < _replayEnd)
        {
            // The dead-letter topic has it already.
            partition.Tracker.Add(record.Offset, 0, _watermark, Stopwatch.GetTimestamp());
        }
        else
        {
            var handle = partition.Tracker.Add(record.Offset, 1, _watermark, Stopwatch.GetTimestamp());
            deadLetters.SendUntilDelivered(partition, in record, rejection, handle);
        }
    }

    // Bad input never stops a partition, whatever the adapter makes of it.
    private bool TryRoute(in KafkaRecord record, out long watermark, out KafkaRejection rejection)
    {
        watermark = _watermark;
        _events.Clear();
        try
        {
            if (!adapter.TryRead(in record, out var parsed, out rejection))
            {
                return false;
            }

            // What is replayed was complete at the watermark that this began with.
            var isReplay = record.Offset < _replayEnd;
            if (!isReplay && parsed.EventTimeMicros is { } eventTime)
            {
                watermark = Math.Max(watermark, eventTime - _delayMicros);
            }

            var position = new KafkaPosition(partition.Epoch, record.Topic, record.Partition, record.Offset, watermark) { IsReplay = isReplay };
            adapter.Route(parsed.Payload, in position, _events);
            return true;
        }
        catch (Exception exception)
        {
            rejection = new KafkaRejection($"The adapter failed: {exception.Message}");
            return false;
        }
    }
}
