namespace Levee.Simulation;

/// <summary>Items in the order of a time; those of the same time in the order in which they came.</summary>
internal sealed class EventQueue<T>
{
    private readonly PriorityQueue<T, (long Time, long Sequence)> _queue = new();
    private long _sequence;

    public int Count => _queue.Count;

    public void Add(T item, long time) => _queue.Enqueue(item, (time, _sequence++));

    /// <summary>Takes the earliest item if its time is before a limit.</summary>
    public bool TryTakeBefore(long limit, out T item)
    {
        if (_queue.TryPeek(out item!, out var priority) && priority.Time < limit)
        {
            _queue.Dequeue();
            return true;
        }

        return false;
    }
}
