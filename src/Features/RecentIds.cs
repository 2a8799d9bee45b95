namespace Levee.Features;

/// <summary>The transaction ids of the last hour of event time, up to a bound, with enough to tell a repeat from a clash.</summary>
internal sealed class RecentIds(int capacity)
{
    private readonly Dictionary<Guid, Entry> _entries = [];
    private readonly PriorityQueue<Guid, (long Time, Guid Id)> _oldest = new();

    public IReadOnlyCollection<KeyValuePair<Guid, Entry>> Entries => _entries;

    public IReadOnlyDictionary<Guid, Entry> ById => _entries;

    public bool TryGet(Guid id, out Entry entry) => _entries.TryGetValue(id, out entry);

    public void Add(Guid id, Entry entry)
    {
        _entries[id] = entry;
        _oldest.Enqueue(id, (entry.TimeMicros, id));
    }

    /// <summary>Forgets what is at or before a time, and the oldest beyond the bound.</summary>
    public void Forget(long throughMicros)
    {
        while (_oldest.TryPeek(out var id, out var oldest) && (oldest.Time <= throughMicros || _entries.Count > capacity))
        {
            _oldest.Dequeue();
            _entries.Remove(id);
        }
    }

    internal readonly record struct Entry(long TimeMicros, long CustomerId, long Cents);
}
