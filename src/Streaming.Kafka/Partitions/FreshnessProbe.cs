using System.Diagnostics.Metrics;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Measures how old records are when they are complete, from the time that the broker or the producer stamped on them. One record at a
/// time is followed, so that it costs nothing an event.
/// </summary>
/// <param name="histogram">Receives seconds.</param>
/// <param name="tags">Tags of the measurements.</param>
/// <param name="timeProvider">The clock that the stamps are compared with.</param>
internal sealed class FreshnessProbe(Histogram<double> histogram, KeyValuePair<string, object?>[] tags, TimeProvider timeProvider)
{
    private const long None = -1;
    private long _offset = None;
    private long _stampedMs;

    /// <summary>Follows a record unless another one is being followed. Called by the consumer's thread.</summary>
    /// <param name="offset">Its offset.</param>
    /// <param name="stampedMs">Its timestamp in milliseconds since the Unix epoch.</param>
    public void Follow(long offset, long stampedMs)
    {
        if (Volatile.Read(ref _offset) == None && histogram.Enabled)
        {
            _stampedMs = stampedMs;
            Volatile.Write(ref _offset, offset);
        }
    }

    /// <summary>Records the age of the followed record if it is complete. Called on the scheduler of the pulling agent.</summary>
    /// <param name="tracker">The partition's tracker.</param>
    public void Check(OffsetTracker tracker)
    {
        var offset = Volatile.Read(ref _offset);
        if (offset != None && tracker.Position.NextOffset > offset)
        {
            histogram.Record(Math.Max(0, timeProvider.GetUtcNow().ToUnixTimeMilliseconds() - _stampedMs) / 1000.0, tags);
            Volatile.Write(ref _offset, None);
        }
    }
}
