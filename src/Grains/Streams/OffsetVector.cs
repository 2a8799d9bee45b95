using System.Text.Json;

namespace Levee.Grains.Streams;

/// <summary>
/// How far a grain has come on each partition that fed it: the last offset folded and the watermark it was stamped with. It is stored
/// with the state, so that a redelivered record is recognised by (epoch, partition, offset) and changes nothing.
/// </summary>
/// <remarks>
/// Only the newest epoch of a partition is kept: the log of an older one is gone, so nothing of it can be delivered again.
/// </remarks>
internal sealed class OffsetVector
{
    private readonly SortedDictionary<int, Entry> _entries = [];

    /// <summary>The smallest watermark over all partitions; <see cref="long.MinValue"/> when there is none.</summary>
    public long WatermarkMicros
    {
        get
        {
            var lowest = long.MaxValue;
            foreach (var entry in _entries.Values)
            {
                lowest = Math.Min(lowest, entry.Watermark);
            }

            return lowest == long.MaxValue ? long.MinValue : lowest;
        }
    }

    /// <summary>Whether a record's effect is already in the state.</summary>
    public bool Covers(TransactionRecord record) =>
        _entries.TryGetValue(record.Partition, out var entry)
        && (record.Epoch < entry.Epoch || (record.Epoch == entry.Epoch && record.Offset <= entry.Offset));

    /// <summary>Takes a record's position over, after its effect.</summary>
    public void Advance(TransactionRecord record)
    {
        var watermark = record.WatermarkMicros;
        if (_entries.TryGetValue(record.Partition, out var entry))
        {
            watermark = Math.Max(watermark, entry.Watermark);
        }

        _entries[record.Partition] = new Entry(record.Epoch, record.Offset, watermark);
    }

    /// <summary>
    /// Takes durable watermarks of partitions over. A later epoch's watermark also counts for a partition last seen in an earlier one.
    /// Partitions that never fed this grain are left out: their records count as late where a minute is already closed.
    /// </summary>
    public void AdvanceWatermarks(ReadOnlySpan<PartitionWatermark> watermarks)
    {
        foreach (var watermark in watermarks)
        {
            if (_entries.TryGetValue(watermark.Partition, out var entry)
                && watermark.Epoch >= entry.Epoch
                && watermark.WatermarkMicros > entry.Watermark)
            {
                _entries[watermark.Partition] = entry with { Watermark = watermark.WatermarkMicros };
            }
        }
    }

    /// <summary>As JSON: <c>{"3":[1,4711,1790000000000000]}</c>, partition to epoch, offset and watermark.</summary>
    public string ToJson()
    {
        var values = new SortedDictionary<int, long[]>();
        foreach (var (partition, entry) in _entries)
        {
            values[partition] = [entry.Epoch, entry.Offset, entry.Watermark];
        }

        return JsonSerializer.Serialize(values);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static OffsetVector FromJson(string json)
    {
        var vector = new OffsetVector();
        foreach (var (partition, values) in JsonSerializer.Deserialize<Dictionary<int, long[]>>(json) ?? [])
        {
            vector._entries[partition] = new Entry(checked((int)values[0]), values[1], values[2]);
        }

        return vector;
    }

    private readonly record struct Entry(int Epoch, long Offset, long Watermark);
}
