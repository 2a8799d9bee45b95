using System.Diagnostics;
using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>
/// One subscription's place in a lane. Moving on acknowledges the batch handed out before, unless its delivery was reported as failed;
/// then the same events are handed out again after a wait that doubles with each failure. Events of other lanes do not wait.
/// </summary>
/// <remarks>
/// Where failures are given up after some attempts, the events of a batch that has had them are handed out one by one, and one that fails
/// as often again goes to the dead letters. Until the broker has the letter the lane waits.
/// </remarks>
internal sealed class LaneCursor : IQueueCacheCursor
{
    private readonly KafkaPartitionReceiver _receiver;
    private StreamLane _lane;
    private KafkaBatchContainer? _current;
    private int _handedOut;
    private bool _isSubscription;
    private int _failures;
    private bool _isFailing;
    private long _aloneUntil;
    private Task? _letter;
    private Activity? _activity;
    private long _notBefore;
    private long _startedAt;

    /// <summary>Puts a cursor on a lane.</summary>
    /// <param name="receiver">Knows the partition that the agent reads now.</param>
    /// <param name="lane">The lane.</param>
    public LaneCursor(KafkaPartitionReceiver receiver, StreamLane lane)
    {
        _receiver = receiver;
        _lane = lane;
        Acknowledged = lane.Attach(this);
    }

    /// <summary>Position behind the last acknowledged event.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>True while a batch is handed out.</summary>
    public bool IsDelivering => _handedOut > 0;

    /// <inheritdoc />
    public IBatchContainer? GetCurrent(out Exception? exception)
    {
        exception = null;
        return _current;
    }

    /// <inheritdoc />
    public bool MoveNext()
    {
        Acknowledge();
        FollowPartition();
        if (!_isSubscription)
        {
            _isSubscription = true;
            _lane.TakePlace();
        }

        var partition = _lane.Partition;
        if (!IsLetterGone())
        {
            return false;
        }

        var count = (int)Math.Min(_lane.Tail - Acknowledged, Acknowledged < _aloneUntil ? 1 : partition.MaxBatch);
        if (count == 0 || Stopwatch.GetTimestamp() < _notBefore)
        {
            return false;
        }

        count = partition.TryBeginDelivery(_lane, Acknowledged, count);
        if (count == 0)
        {
            return false;
        }

        var payloads = new object[count];
        var offsets = new long[count];
        for (var i = 0; i < count; i++)
        {
            ref readonly var item = ref _lane[Acknowledged + i];
            payloads[i] = item.Payload;
            offsets[i] = item.Offset;
        }

        _current = new KafkaBatchContainer(_lane.Stream, partition.Epoch, partition.Number, payloads, offsets);
        _handedOut = count;
        _activity = KafkaTracing.StartDelivery(_lane, Acknowledged, count);
        _startedAt = Stopwatch.GetTimestamp();
        return true;
    }

    /// <inheritdoc />
    public void RecordDeliveryFailure()
    {
        if (_handedOut == 0)
        {
            return;
        }

        var (partition, count) = (_lane.Partition, _handedOut);
        var error = partition.Failures?.TakeError(_lane.Stream);
        EndDelivery(failed: true, error);
        _failures++;
        _isFailing = true;
        partition.Lanes.SetFailing(this, new KafkaHeldStream(
            _lane.Stream.ToString(), _lane[Acknowledged].Offset, _failures, error is null ? null : $"{error.GetType().Name}: {error.Message}"));
        if (partition.Failures is { } failures && failures.GivesUp(_failures))
        {
            if (count == 1)
            {
                GiveUp(failures, error);
                return;
            }

            _aloneUntil = Acknowledged + count;
            _failures = 0;
        }

        _notBefore = Stopwatch.GetTimestamp() + partition.RedeliveryDelay(Math.Max(1, _failures));
        partition.Hold(_lane, _notBefore);
    }

    /// <inheritdoc />
    public void Refresh(StreamSequenceToken token)
    {
        // New events are at the end of the lane, where the cursor gets to by itself.
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_handedOut > 0)
        {
            EndDelivery(failed: true);
        }

        Recover();
        _lane.Detach(this, Acknowledged, _isSubscription);
        _lane.Partition.Left(_lane);
    }

    private void Acknowledge()
    {
        if (_handedOut == 0)
        {
            return;
        }

        var count = _handedOut;
        Acknowledged += count;
        Recover();
        _lane.CompleteAcknowledged();
        _lane.Partition.Delivered(count, Stopwatch.GetElapsedTime(_startedAt));
        EndDelivery(failed: false);
    }

    private void GiveUp(DeliveryFailures failures, Exception? error)
    {
        var lane = _lane;
        _letter = failures.GiveUpAsync(lane, in lane[Acknowledged], _failures, error);
        _ = _letter.ContinueWith(
            _ => lane.Partition.Lanes.GoOn(lane), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    // True when no letter is on its way. The event of one that has arrived is acknowledged.
    private bool IsLetterGone()
    {
        if (_letter is null)
        {
            return true;
        }

        if (!_letter.IsCompletedSuccessfully)
        {
            return false;
        }

        _letter = null;
        Acknowledged++;
        Recover();
        _lane.CompleteAcknowledged();
        return true;
    }

    private void EndDelivery(bool failed, Exception? error = null)
    {
        KafkaTracing.EndDelivery(_activity, failed, error);
        _activity = null;
        _handedOut = 0;
        _current = null;
        _lane.Partition.EndDelivery();
    }

    private void Recover()
    {
        _failures = 0;
        if (_isFailing)
        {
            _isFailing = false;
            _lane.Partition.Lanes.ClearFailing(this);
        }
    }

    // An agent that was not restarted between the loss of a partition and its return still holds cursors on the old lanes.
    private void FollowPartition()
    {
        var partition = _receiver.Partition;
        if (partition is null || ReferenceEquals(partition, _lane.Partition))
        {
            return;
        }

        Recover();
        _letter = null;
        _aloneUntil = 0;
        _lane.Detach(this, Acknowledged, _isSubscription);
        _lane = partition.GetLane(_lane.Stream);
        _isSubscription = false;
        _notBefore = 0;
        Acknowledged = _lane.Attach(this);
    }
}
