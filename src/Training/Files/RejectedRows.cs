namespace Levee.Training;

/// <summary>Counts rejected rows by field and reason, with the first rows of each. Bounded: reasons beyond the bound are counted together.</summary>
public sealed class RejectedRows
{
    private const int MaxReasons = 100;
    private const int MaxExamples = 5;

    private readonly Dictionary<(string Field, string Message), Counter> _reasons = [];

    /// <summary>All rejected rows.</summary>
    public long Count { get; private set; }

    /// <summary>Each reason with its rows, the most frequent first.</summary>
    public IReadOnlyList<RejectedReason> Reasons =>
    [
        .. _reasons
            .Select(reason => new RejectedReason(reason.Key.Field, reason.Key.Message, reason.Value.Count, reason.Value.FirstRows))
            .OrderByDescending(reason => reason.Count)
            .ThenBy(reason => reason.Field, StringComparer.Ordinal)
            .ThenBy(reason => reason.Message, StringComparer.Ordinal),
    ];

    /// <summary>Counts a row without a transaction.</summary>
    public void Add(in FileRow row)
    {
        Count++;
        var key = (row.Error.Field, row.Error.Message);
        if (!_reasons.TryGetValue(key, out var counter))
        {
            key = _reasons.Count < MaxReasons ? key : ("row", "other reasons");
            if (!_reasons.TryGetValue(key, out counter))
            {
                _reasons.Add(key, counter = new Counter());
            }
        }

        counter.Count++;
        if (counter.FirstRows.Count < MaxExamples)
        {
            counter.FirstRows.Add(row.Number);
        }
    }

    private sealed class Counter
    {
        public long Count { get; set; }

        public List<long> FirstRows { get; } = [];
    }
}
