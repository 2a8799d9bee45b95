using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Levee.Storage;

/// <summary>
/// How far a grain has come on each partition that fed it: the last offset folded and the watermark it was stamped with. It is stored
/// with the state, so that a redelivered record is recognised by (epoch, partition, offset) and changes nothing.
/// </summary>
/// <remarks>
/// Only the newest epoch of a partition is kept: the log of an older one is gone, so nothing of it can be delivered again.
/// </remarks>
public sealed class OffsetVector
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

    /// <summary>The partition whose watermark is the smallest, the first of equals; null when there is none.</summary>
    public int? SlowestPartition => _entries.Count == 0 ? null : _entries.MinBy(entry => entry.Value.Watermark).Key;

    /// <summary>
    /// Whether a partition is not known of which records of an epoch came, while ones of a later epoch are: it was retired.
    /// </summary>
    public bool HasRetired(int epoch, int partition) =>
        !_entries.ContainsKey(partition) && _entries.Values.Any(entry => entry.Epoch > epoch);

    /// <summary>Whether the watermark of some partition has come to a time, microseconds since the Unix epoch.</summary>
    public bool HasReached(long micros) => _entries.Values.Any(entry => entry.Watermark >= micros);

    /// <summary>Whether a record's effect is already in the state.</summary>
    public bool Covers(int epoch, int partition, long offset) =>
        _entries.TryGetValue(partition, out var entry) && (epoch < entry.Epoch || (epoch == entry.Epoch && offset <= entry.Offset));

    /// <summary>Takes a record's position over, after its effect.</summary>
    public void Advance(int epoch, int partition, long offset, long watermarkMicros)
    {
        if (_entries.TryGetValue(partition, out var entry))
        {
            watermarkMicros = Math.Max(watermarkMicros, entry.Watermark);
        }

        _entries[partition] = new Entry(epoch, offset, watermarkMicros);
    }

    /// <summary>
    /// Takes the durable watermark of a partition over. A later epoch's also counts for a partition last seen in an earlier one. A
    /// partition that never fed this grain is left out: its records count as late where a minute is already closed.
    /// </summary>
    public void AdvanceWatermark(int epoch, int partition, long watermarkMicros)
    {
        if (_entries.TryGetValue(partition, out var entry) && epoch >= entry.Epoch && watermarkMicros > entry.Watermark)
        {
            _entries[partition] = entry with { Watermark = watermarkMicros };
        }
    }

    /// <summary>
    /// Takes note that a partition is not there any more since an epoch began: nothing comes from it again, and no minute waits for it. Where
    /// it is the only one known, it goes on with the watermark of those that there are.
    /// </summary>
    /// <param name="epoch">The epoch without it.</param>
    /// <param name="partition">Partition number, from 0.</param>
    /// <param name="watermarkMicros">The smallest watermark of the partitions that there are.</param>
    public void Retire(int epoch, int partition, long watermarkMicros)
    {
        if (!_entries.TryGetValue(partition, out var entry) || entry.Epoch >= epoch)
        {
            return;
        }

        if (_entries.Values.Any(other => other.Epoch >= epoch))
        {
            _entries.Remove(partition);
        }
        else
        {
            AdvanceWatermark(epoch, partition, watermarkMicros);
        }
    }

    /// <summary>The last offset folded of each partition, by partition.</summary>
    public IEnumerable<(int Epoch, int Partition, long Offset)> Positions =>
        _entries.Select(entry => (entry.Value.Epoch, entry.Key, entry.Value.Offset));

    /// <summary>As JSON: <c>{"3":[1,4711,1790000000000000]}</c>, partition to epoch, offset and watermark.</summary>
    public string ToJson()
    {
        // By hand: this is written with every commit, mostly of one partition.
        var json = new StringBuilder("{");
        foreach (var (partition, entry) in _entries)
        {
            json.Append(json.Length > 1 ? "," : "");
            json.Append(CultureInfo.InvariantCulture, $"\"{partition}\":[{entry.Epoch},{entry.Offset},{entry.Watermark}]");
        }

        return json.Append('}').ToString();
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

    /// <summary>The positions without their watermarks, as few bytes as they need: what a prediction logs of its merchant.</summary>
    public byte[] ToPositionBytes()
    {
        var bytes = new MemoryStream(8 * _entries.Count);
        using var writer = new BinaryWriter(bytes);
        foreach (var (partition, entry) in _entries)
        {
            writer.Write7BitEncodedInt(partition);
            writer.Write7BitEncodedInt(entry.Epoch);
            writer.Write7BitEncodedInt64(entry.Offset);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Reads what <see cref="ToPositionBytes"/> wrote.</summary>
    /// <exception cref="IOException">The bytes are cut off or damaged.</exception>
    /// <exception cref="FormatException">The bytes are damaged.</exception>
    public static OffsetVector FromPositionBytes(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var vector = new OffsetVector();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var partition = reader.Read7BitEncodedInt();
            vector._entries[partition] = new Entry(reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt64(), long.MinValue);
        }

        return vector;
    }

    /// <summary>All offsets added up, epochs before offsets: of two vectors one of which includes the other, it has the greater.</summary>
    public Int128 Total
    {
        get
        {
            var total = Int128.Zero;
            foreach (var entry in _entries.Values)
            {
                total += ((Int128)entry.Epoch << 64) + entry.Offset + 1;
            }

            return total;
        }
    }

    /// <summary>Whether whatever another vector covers is covered here too.</summary>
    public bool Includes(OffsetVector other) => other._entries.All(entry => Covers(entry.Value.Epoch, entry.Key, entry.Value.Offset));

    private readonly record struct Entry(int Epoch, long Offset, long Watermark);
}
