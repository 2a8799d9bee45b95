using System.Collections.Concurrent;
using System.Diagnostics;
using Orleans.Streams;

namespace Levee.Streaming.Kafka;

/// <summary>
/// The lanes of one partition. The consumer's thread hands events in by <see cref="Enqueue"/>; all else runs on the scheduler of the
/// partition's pulling agent.
/// </summary>
internal sealed class PartitionLanes
{
    private const int SweepsBeforeAlarm = 5;
    private static readonly long SweepInterval = Stopwatch.Frequency;

    private readonly ConcurrentQueue<RoutedEvent> _incoming = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Dictionary<StreamId, StreamLane> _lanes = [];
    private readonly List<(StreamLane Lane, long Due)> _held = [];
    private readonly ConcurrentQueue<StreamLane> _goingOn = new();
    private readonly ConcurrentDictionary<LaneCursor, KafkaHeldStream> _failing = new();
    private readonly KafkaPartition _partition;
    private readonly LaneWarmUp _warmUp;
    private long _sweptAt;
    private volatile string? _orphan;

    /// <summary>Creates a partition's lanes.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="activate">Activates the grains of a stream, or null when they are not known.</param>
    public PartitionLanes(KafkaPartition partition, Func<StreamId, Task>? activate)
    {
        _partition = partition;
        _warmUp = new LaneWarmUp(activate, Wake);
    }

    /// <summary>Whether there are events that no read has moved to their lanes yet.</summary>
    public bool HasIncoming => !_incoming.IsEmpty;

    /// <summary>Subscriptions whose last delivery failed.</summary>
    public int FailingCount => _failing.Count;

    /// <summary>Streams whose last delivery failed, at most so many.</summary>
    /// <param name="max">How many.</param>
    public IReadOnlyList<KafkaHeldStream> GetFailing(int max) => _failing.IsEmpty ? [] : [.. _failing.Select(f => f.Value).Take(max)];

    /// <summary>A stream whose events have had no taker for some seconds, or null.</summary>
    public string? Orphan => _orphan;

    /// <summary>Hands an event in. Called by the consumer's thread.</summary>
    /// <param name="routed">The event.</param>
    public void Enqueue(in RoutedEvent routed)
    {
        _incoming.Enqueue(routed);
        Wake();
    }

    /// <summary>The lane of a stream, a new one if need be.</summary>
    /// <param name="stream">The stream.</param>
    public StreamLane GetLane(StreamId stream)
    {
        if (!_lanes.TryGetValue(stream, out var lane))
        {
            lane = new StreamLane(_partition, stream);
            _lanes.Add(stream, lane);
        }

        return lane;
    }

    /// <summary>Has the agent told of a lane again once its wait is over.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="due">A <see cref="Stopwatch"/> timestamp.</param>
    public void Hold(StreamLane lane, long due)
    {
        _held.Add((lane, due));
    }

    /// <summary>Has the agent told of a lane at once. Safe for calls from any thread.</summary>
    /// <param name="lane">The lane.</param>
    public void GoOn(StreamLane lane)
    {
        _goingOn.Enqueue(lane);
        Wake();
    }

    /// <summary>A subscription's delivery has failed.</summary>
    /// <param name="cursor">The subscription's cursor.</param>
    /// <param name="held">What it waits for.</param>
    public void SetFailing(LaneCursor cursor, KafkaHeldStream held) => _failing[cursor] = held;

    /// <summary>A subscription does not fail any more.</summary>
    /// <param name="cursor">The subscription's cursor.</param>
    public void ClearFailing(LaneCursor cursor) => _failing.TryRemove(cursor, out _);

    /// <summary>Forgets a lane that nobody stands on and that holds nothing.</summary>
    /// <param name="lane">The lane.</param>
    public void Left(StreamLane lane)
    {
        if (lane is { IsOrphan: true, Count: 0 })
        {
            _lanes.Remove(lane.Stream);
        }
    }

    /// <summary>Moves incoming events to their lanes and collects the lanes that the agent must be told of.</summary>
    /// <param name="max">Most events to move.</param>
    public List<IBatchContainer> Collect(int max)
    {
        var told = new List<IBatchContainer>();
        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < max && _incoming.TryDequeue(out var routed); i++)
        {
            var lane = GetLane(routed.Stream);
            lane.Append(routed.Item);
            Tell(lane, told);
        }

        while (_warmUp.TryTake(out var warm))
        {
            if (warm.Count > 0)
            {
                Tell(warm, told);
            }
        }

        while (_goingOn.TryDequeue(out var goesOn))
        {
            if (goesOn.Count > 0)
            {
                Tell(goesOn, told);
            }
        }

        CollectHeld(now, told);
        if (now - _sweptAt >= SweepInterval)
        {
            _sweptAt = now;
            Sweep(now, told);
        }

        foreach (var notification in told)
        {
            var lane = ((LaneNotification)notification).Lane;
            lane.IsMarked = false;
            lane.NotifiedAt = now;
        }

        return told;
    }

    /// <summary>Waits until there may be something to collect.</summary>
    /// <param name="longest">Longest wait.</param>
    public Task WaitAsync(TimeSpan longest)
    {
        foreach (var (_, due) in _held)
        {
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            longest = left < longest ? left : longest;
        }

        return longest > TimeSpan.Zero ? _arrived.WaitAsync(longest) : Task.CompletedTask;
    }

    private void Tell(StreamLane lane, List<IBatchContainer> told)
    {
        if (!lane.IsMarked && !lane.IsBusy && !_warmUp.MustWait(lane))
        {
            lane.IsMarked = true;
            told.Add(lane.Notification);
        }
    }

    private void Wake()
    {
        if (_arrived.CurrentCount == 0)
        {
            _arrived.Release();
        }
    }

    private void CollectHeld(long now, List<IBatchContainer> told)
    {
        for (var i = _held.Count - 1; i >= 0; i--)
        {
            var (lane, due) = _held[i];
            if (now >= due)
            {
                _held.RemoveAt(i);
                if (lane.Count > 0)
                {
                    Tell(lane, told);
                }
            }
        }
    }

    // The agent can lose sight of a lane: a registration that failed, an error in its delivery loop, a restart. Each second the lanes
    // that should be moving and are not are brought back to its mind.
    private void Sweep(long now, List<IBatchContainer> told)
    {
        string? orphan = null;
        foreach (var lane in _lanes.Values)
        {
            if (lane.Count > 0 && now - lane.NotifiedAt >= SweepInterval)
            {
                lane.OrphanSweeps = lane.IsOrphan ? lane.OrphanSweeps + 1 : 0;
                if (lane.OrphanSweeps >= SweepsBeforeAlarm)
                {
                    orphan = lane.Stream.ToString();
                }

                Tell(lane, told);
            }
        }

        _orphan = orphan;
    }
}
