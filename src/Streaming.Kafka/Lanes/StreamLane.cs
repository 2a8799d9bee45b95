namespace Levee.Streaming.Kafka;

/// <summary>
/// The events of one stream that came from one partition and are not acknowledged, in order. An event leaves the lane when every
/// subscription has acknowledged it, and only then completes its record.
/// </summary>
/// <remarks>
/// Used on the scheduler of the partition's pulling agent alone, so it has no locks. Positions are counts of events since the lane
/// began. A cursor that has been asked for events is a subscription; when it is disposed its position is remembered
/// (<see cref="_left"/>) until a new cursor takes its place, so that disposing never acknowledges. The agent's pin cursor is never asked
/// and never acknowledges.
/// </remarks>
internal sealed class StreamLane
{
    private readonly List<LaneCursor> _cursors = new(2);
    private List<long>? _left;
    private LaneItem[] _ring = new LaneItem[4];
    private long _head;
    private long _tail;

    /// <summary>An empty lane.</summary>
    /// <param name="partition">The partition that feeds it.</param>
    /// <param name="stream">The stream.</param>
    public StreamLane(KafkaPartition partition, StreamId stream)
    {
        Partition = partition;
        Stream = stream;
        Notification = new LaneNotification(this);
    }

    /// <summary>The partition that feeds the lane.</summary>
    public KafkaPartition Partition { get; }

    /// <summary>The stream.</summary>
    public StreamId Stream { get; }

    /// <summary>What tells the agent that the lane has something for it.</summary>
    public LaneNotification Notification { get; }

    /// <summary>Position of the first event that is not acknowledged by all.</summary>
    public long Head => _head;

    /// <summary>Position behind the newest event.</summary>
    public long Tail => _tail;

    /// <summary>Events that are not acknowledged by all.</summary>
    public int Count => (int)(_tail - _head);

    /// <summary>Offset of the first event that is not acknowledged by all; -1 when there is none.</summary>
    public long HeadOffset => Count == 0 ? -1 : this[_head].Offset;

    /// <summary>True while no cursor stands on the lane: nobody will take its events unless the agent is told.</summary>
    public bool IsOrphan => _cursors.Count == 0;

    /// <summary>True when the agent need not be told of new events: each cursor has a delivery under way and looks again after it.</summary>
    public bool IsBusy => _cursors.Count > 0 && _cursors.TrueForAll(static c => c.IsDelivering);

    /// <summary>True when the lane is in the set of lanes whose events are new to the agent.</summary>
    public bool IsMarked { get; set; }

    /// <summary>True while its grains are being activated.</summary>
    public bool IsWarming { get; set; }

    /// <summary>True once its grains have been activated.</summary>
    public bool IsWarm { get; set; }

    /// <summary>How often in a row the lane was found without a cursor although it has events.</summary>
    public int OrphanSweeps { get; set; }

    /// <summary>When the agent was last told, as a <see cref="System.Diagnostics.Stopwatch"/> timestamp.</summary>
    public long NotifiedAt { get; set; }

    /// <summary>The event at a position between <see cref="Head"/> and <see cref="Tail"/>.</summary>
    /// <param name="position">The position.</param>
    public ref readonly LaneItem this[long position] => ref _ring[position & (_ring.Length - 1)];

    /// <summary>Adds the newest event.</summary>
    /// <param name="item">The event.</param>
    public void Append(in LaneItem item)
    {
        if (_tail - _head == _ring.Length)
        {
            Grow();
        }

        _ring[_tail++ & (_ring.Length - 1)] = item;
    }

    /// <summary>Puts a cursor on the lane, at the first event that is not acknowledged by all.</summary>
    /// <param name="cursor">The cursor.</param>
    /// <returns>Its position.</returns>
    public long Attach(LaneCursor cursor)
    {
        _cursors.Add(cursor);
        return _head;
    }

    /// <summary>Takes a cursor off the lane; what it has not acknowledged stays.</summary>
    /// <param name="cursor">The cursor.</param>
    /// <param name="acknowledged">Position behind its last acknowledged event.</param>
    /// <param name="isSubscription">True when it has been asked for events.</param>
    public void Detach(LaneCursor cursor, long acknowledged, bool isSubscription)
    {
        if (!_cursors.Remove(cursor))
        {
            return;
        }

        if (isSubscription)
        {
            (_left ??= []).Add(acknowledged);
        }

        CompleteAcknowledged();
    }

    /// <summary>Says that a cursor is asked for events for the first time: it takes the place of one that left.</summary>
    public void TakePlace()
    {
        if (_left is { Count: > 0 })
        {
            _left.Remove(_left.Min());
        }
    }

    /// <summary>Completes what all subscriptions have acknowledged.</summary>
    public void CompleteAcknowledged()
    {
        if (_cursors.Count == 0)
        {
            return;
        }

        var acknowledged = long.MaxValue;
        foreach (var cursor in _cursors)
        {
            acknowledged = Math.Min(acknowledged, cursor.Acknowledged);
        }

        if (_left is { Count: > 0 })
        {
            acknowledged = Math.Min(acknowledged, _left.Min());
        }

        while (_head < Math.Min(acknowledged, _tail))
        {
            ref var item = ref _ring[_head & (_ring.Length - 1)];
            Partition.Complete(item.Handle);
            item = default;
            _head++;
        }
    }

    private void Grow()
    {
        var larger = new LaneItem[_ring.Length * 2];
        for (var i = _head; i < _tail; i++)
        {
            larger[i & (larger.Length - 1)] = _ring[i & (_ring.Length - 1)];
        }

        _ring = larger;
    }
}
