using System.Diagnostics;
using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>
/// One ownership of one partition by this silo: from the group's assignment to its revocation. A partition that comes back later, or
/// whose log was re-created, is another instance.
/// </summary>
internal sealed class KafkaPartition
{
    private readonly KafkaStreamOptions _options;
    private readonly KafkaStreamMetrics _metrics;
    private readonly PartitionLanes _lanes;
    private readonly CancellationTokenSource _released = new();
    private readonly TaskCompletionSource _agentStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _assignedAt = Stopwatch.GetTimestamp();
    private int _deliveries;
    private long _completed;
    private long _newestBegun = -1;
    private long _deliverTo = long.MaxValue;
    private volatile bool _isDraining;
    private volatile bool _hasAgent;
    private volatile PartitionState _state;
    private volatile string? _blockedReason;
    private volatile string? _startError;
    private volatile string? _logError;
    private long _logFailedAt;

    public KafkaPartition(
        string topic,
        int number,
        KafkaStreamOptions options,
        KafkaStreamMetrics metrics,
        Func<StreamId, Task>? activate = null,
        DeliveryFailures? failures = null)
    {
        Failures = failures;
        Topic = topic;
        Number = number;
        QueueId = KafkaPartitionQueueMapper.QueueOf(topic, number);
        _options = options;
        _metrics = metrics;
        Tags = metrics.Tags(topic);
        _lanes = new PartitionLanes(this, activate);
        Tracker = new OffsetTracker(0, KafkaPosition.NoWatermark);
    }

    public string Topic { get; }

    public int Number { get; }

    public QueueId QueueId { get; }

    /// <summary>0 until <see cref="Begin"/>.</summary>
    public int Epoch { get; private set; }

    public OffsetTracker Tracker { get; private set; }

    public PartitionLanes Lanes => _lanes;

    public PartitionState State => _state;

    public string? BlockedReason => _blockedReason;

    /// <summary>Why it could not be found out where the partition begins, as last tried; null when it could, or before the first try.</summary>
    public string? StartError
    {
        get => _startError;
        set => _startError = value;
    }

    /// <summary>How long it has been looked for where the partition begins; zero once that is known.</summary>
    public TimeSpan StartingFor => _state == PartitionState.Starting ? Stopwatch.GetElapsedTime(_assignedAt) : TimeSpan.Zero;

    /// <summary>Why the log could not be read or asked, as last tried; null while it answers.</summary>
    public string? LogError => _logError;

    /// <summary>For how long the log has not answered; zero while it does.</summary>
    public TimeSpan LogErrorFor => _logError is null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(Volatile.Read(ref _logFailedAt));

    /// <summary>The checkpoint that the store holds; null before the first.</summary>
    public KafkaCheckpoint? Stored { get; set; }

    /// <summary>The offset last committed to Kafka; -1 before the first.</summary>
    public long Committed { get; set; } = -1;

    /// <summary>The log's end as last seen, or null.</summary>
    public long? LogEnd { get; set; }

    /// <summary>True while the consumer does not fetch the partition because its cache is full.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Tags of the partition's topic for metrics.</summary>
    public KeyValuePair<string, object?>[] Tags { get; }

    /// <summary>Measures how old records are when they are complete.</summary>
    public FreshnessProbe? Freshness { get; set; }

    /// <summary>Deliveries under way.</summary>
    public int InFlight => Volatile.Read(ref _deliveries);

    public int MaxBatch => _options.MaxBatch;

    /// <summary>What becomes of deliveries that fail; null where they are tried for ever and nobody asks why.</summary>
    public DeliveryFailures? Failures { get; }

    /// <summary>Cancelled when the partition is given back.</summary>
    public CancellationToken Released => _released.Token;

    /// <summary>The log could not be read or asked.</summary>
    /// <param name="reason">Why.</param>
    public void LogFailed(string reason)
    {
        if (_logError is null)
        {
            Volatile.Write(ref _logFailedAt, Stopwatch.GetTimestamp());
        }

        _logError = reason;
    }

    /// <summary>The log has given a record, or has none that was not read.</summary>
    public void LogAnswered() => _logError = null;

    /// <summary>Takes up work. Before this the partition has no agent and accepts nothing.</summary>
    /// <param name="start">Where to begin.</param>
    public void Begin(PartitionStart start)
    {
        Epoch = start.Epoch;
        Tracker = new OffsetTracker(start.NextOffset, start.Watermark);
        Stored = start.Checkpoint;
        _blockedReason = start.BlockedReason;
        _state = start.BlockedReason is null ? PartitionState.Running : PartitionState.Blocked;
    }

    /// <summary>Stops reading; what was received goes on.</summary>
    /// <param name="reason">For people.</param>
    public void Block(string reason)
    {
        _blockedReason = reason;
        _state = PartitionState.Blocked;
    }

    /// <summary>The lane of a stream.</summary>
    /// <param name="stream">The stream.</param>
    public StreamLane GetLane(StreamId stream) => _lanes.GetLane(stream);

    /// <summary>Has the agent told of a lane again later.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="due">A <see cref="Stopwatch"/> timestamp.</param>
    public void Hold(StreamLane lane, long due)
    {
        _metrics.Redeliveries.Add(1, Tags);
        _lanes.Hold(lane, due);
    }

    /// <summary>A cursor left a lane.</summary>
    /// <param name="lane">The lane.</param>
    public void Left(StreamLane lane) => _lanes.Left(lane);

    /// <summary>One target of a record is done.</summary>
    /// <param name="handle">The record's handle.</param>
    public void Complete(long handle)
    {
        Tracker.Complete(handle);
        Interlocked.Increment(ref _completed);
    }

    /// <summary>A batch was acknowledged and its events are complete.</summary>
    /// <param name="count">Events in it.</param>
    /// <param name="elapsed">From handing it out to the acknowledgement.</param>
    public void Delivered(int count, TimeSpan elapsed)
    {
        _metrics.BatchSize.Record(count, Tags);
        _metrics.DeliveryDuration.Record(elapsed.TotalSeconds, Tags);
        Freshness?.Check(Tracker);
    }

    /// <summary>How long to wait after a number of failures in a row, in <see cref="Stopwatch"/> ticks.</summary>
    /// <param name="failures">From 1.</param>
    public long RedeliveryDelay(int failures)
    {
        var delay = _options.RedeliveryDelay * Math.Pow(2, Math.Min(failures - 1, 30));
        var bounded = delay < _options.MaxRedeliveryDelay ? delay : _options.MaxRedeliveryDelay;
        return (long)(bounded.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>
    /// Asks to deliver a batch. Once the partition drains only records before the newest whose delivery had begun are granted, and in the
    /// end none. The count of deliveries goes up before the bound is read.
    /// </summary>
    /// <param name="lane">The lane.</param>
    /// <param name="position">Position of the first event.</param>
    /// <param name="count">How many events.</param>
    /// <returns>How many of them may be delivered; with 0 no delivery has begun.</returns>
    public int TryBeginDelivery(StreamLane lane, long position, int count)
    {
        Interlocked.Increment(ref _deliveries);
        var deliverTo = Interlocked.Read(ref _deliverTo);
        while (count > 0 && lane[position + count - 1].Offset > deliverTo)
        {
            count--;
        }

        if (count == 0)
        {
            EndDelivery();
            return 0;
        }

        // Only the agent's scheduler writes it. A drain that begins between the two reads takes the newest before this one.
        Interlocked.Exchange(ref _newestBegun, Math.Max(_newestBegun, lane[position + count - 1].Offset));
        return count;
    }

    /// <summary>A delivery is over, well or not.</summary>
    public void EndDelivery() => Interlocked.Decrement(ref _deliveries);

    /// <summary>True once the partition is being given back.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>
    /// Delivers nothing newer from here on. Records that were overtaken may still be delivered: where they do not, all that overtook them
    /// is delivered again to the next owner, since a checkpoint is one offset.
    /// </summary>
    public void BeginDrain()
    {
        _isDraining = true;
        Interlocked.CompareExchange(ref _deliverTo, Interlocked.Read(ref _newestBegun), long.MaxValue);
    }

    /// <summary>Begins no delivery at all from here on.</summary>
    public void EndDeliveries()
    {
        _isDraining = true;
        Interlocked.Exchange(ref _deliverTo, -1);
    }

    /// <summary>True once no delivery is under way and none begun before the drain was overtaken by another.</summary>
    public bool IsSettled => InFlight == 0 && Interlocked.Read(ref _newestBegun) is var newest && (newest < 0 || Tracker.Reached > newest);

    /// <summary>Targets of records that were completed, ever.</summary>
    public long Completed => Interlocked.Read(ref _completed);

    /// <summary>Waits for the deliveries under way after <see cref="EndDeliveries"/>.</summary>
    /// <param name="longest">Longest wait.</param>
    /// <returns>False when some were still under way.</returns>
    public bool Drain(TimeSpan longest)
    {
        var startedAt = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _deliveries) > 0)
        {
            if (Stopwatch.GetElapsedTime(startedAt) >= longest)
            {
                return false;
            }

            Thread.Sleep(1);
        }

        return true;
    }

    /// <summary>Ends the ownership.</summary>
    public void Release()
    {
        EndDeliveries();
        _state = PartitionState.Released;
        _released.Cancel();
    }

    /// <summary>An agent works on the partition.</summary>
    public void AgentStarted() => _hasAgent = true;

    /// <summary>The agent has stopped.</summary>
    public void AgentStopped() => _agentStopped.TrySetResult();

    /// <summary>Waits until no agent works on the partition.</summary>
    /// <param name="longest">Longest wait.</param>
    public bool WaitForAgent(TimeSpan longest) => !_hasAgent || _agentStopped.Task.Wait(longest);

    /// <inheritdoc />
    public override string ToString() => FormattableString.Invariant($"{Topic}[{Number}]");
}
