using System.Collections.Concurrent;

namespace Levee.Api.Logging;

/// <summary>
/// Leaves out entries of a kind that comes too often. Kinds are categories and events of the code, so there are only so many of them.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RepeatLimit(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Category, int Event), Kind> _kinds = new();

    /// <summary>Whether an entry may be written.</summary>
    /// <param name="category">Its logger's category.</param>
    /// <param name="eventId">Its event.</param>
    /// <param name="most">How many of a kind in a minute, at least 1.</param>
    /// <param name="leftOut">How many were left out since the last that was written.</param>
    public bool TryPass(string category, EventId eventId, int most, out long leftOut)
    {
        var kind = _kinds.GetOrAdd((category, eventId.Id), static _ => new Kind());
        lock (kind)
        {
            var now = time.GetTimestamp();
            if (kind.Written == 0 || time.GetElapsedTime(kind.BegunAt, now) >= Window)
            {
                (kind.BegunAt, kind.Written) = (now, 0);
            }

            if (kind.Written >= most)
            {
                kind.LeftOut++;
                leftOut = 0;
                return false;
            }

            kind.Written++;
            (leftOut, kind.LeftOut) = (kind.LeftOut, 0);
            return true;
        }
    }

    private sealed class Kind
    {
        public long BegunAt { get; set; }

        public int Written { get; set; }

        public long LeftOut { get; set; }
    }
}
