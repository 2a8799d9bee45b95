using System.Collections.Concurrent;

namespace Levee.Features;

/// <summary>
/// One copy of each text that transactions repeat: currencies, countries, devices. Windows keep them for a month, and a copy for each
/// transaction would be memory that the collector looks at again and again. Bounded, since devices are whatever producers send.
/// </summary>
internal static class SharedTexts
{
    private const int MaxTexts = 4_096;

    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);
    private static int _count;

    /// <summary>The copy that is shared; the given one beyond the bound.</summary>
    public static string Of(string text)
    {
        if (Known.TryGetValue(text, out var known))
        {
            return known;
        }

        if (Volatile.Read(ref _count) >= MaxTexts)
        {
            return text;
        }

        Interlocked.Increment(ref _count);
        return Known.GetOrAdd(text, text);
    }
}
