using System.Globalization;

namespace Levee.Features;

/// <summary>Collects differences, the first ones of a window by name and the rest by number.</summary>
internal sealed class DifferenceList
{
    private const int MaxNamed = 20;
    private const string Nothing = "-";

    private readonly List<WindowDifference> _named = [];
    private int _further;

    public IReadOnlyList<WindowDifference> ToList() => _further == 0
        ? _named
        : [.. _named, new WindowDifference("further differences", _further.ToString(CultureInfo.InvariantCulture), Nothing)];

    public void Add(string field, string live, string rebuilt)
    {
        if (_named.Count < MaxNamed)
        {
            _named.Add(new WindowDifference(field, live, rebuilt));
        }
        else
        {
            _further++;
        }
    }

    public void Compare(string field, long live, long rebuilt)
    {
        if (live != rebuilt)
        {
            Add(field, live.ToString(CultureInfo.InvariantCulture), rebuilt.ToString(CultureInfo.InvariantCulture));
        }
    }

    public void CompareTimes(string field, long live, long rebuilt)
    {
        if (live != rebuilt)
        {
            Add(field, Time(live), Time(rebuilt));
        }
    }

    /// <summary>Compares two sets of things that have names: first what one of them lacks, then what is not the same.</summary>
    public void Compare<TKey, TValue>(
        string field,
        IReadOnlyDictionary<TKey, TValue> live,
        IReadOnlyDictionary<TKey, TValue> rebuilt,
        Func<TKey, string> name,
        Func<TValue, string> show)
        where TKey : notnull
    {
        foreach (var (key, value) in rebuilt)
        {
            if (!live.ContainsKey(key))
            {
                Add($"{field} {name(key)}", Nothing, show(value));
            }
        }

        foreach (var (key, value) in live)
        {
            if (!rebuilt.ContainsKey(key))
            {
                Add($"{field} {name(key)}", show(value), Nothing);
            }
        }

        foreach (var (key, value) in live)
        {
            if (rebuilt.TryGetValue(key, out var other)
                && !EqualityComparer<TValue>.Default.Equals(value, other)
                && show(value) != show(other))
            {
                Add($"{field} {name(key)}", show(value), show(other));
            }
        }
    }

    /// <summary>A time as people read it; the bounds of the type stand for never.</summary>
    public static string Time(long micros) => micros is long.MinValue or long.MaxValue
        ? "never"
        : UnixMicros.ToDateTimeOffset(micros).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
