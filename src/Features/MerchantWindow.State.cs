using System.Globalization;

namespace Levee.Features;

/// <content>The durable form of the window.</content>
public sealed partial class MerchantWindow
{
    private const byte StateVersion = 1;

    /// <summary>The whole window as bytes; <see cref="Deserialize"/> gives an equal one.</summary>
    public byte[] Serialize()
    {
        using var stream = new MemoryStream(256 + (_times.Count * 6) + (_ids.Entries.Count * 32));
        using var writer = new BinaryWriter(stream);
        writer.Write(StateVersion);
        writer.Write(MerchantId);
        writer.Write(Sequence);
        writer.Write(_newest);
        writer.Write(_tiledBefore);
        writer.Write7BitEncodedInt(_times.Count);
        var before = 0L;
        foreach (var time in _times)
        {
            writer.Write7BitEncodedInt64(time - before);
            before = time;
        }

        writer.Write7BitEncodedInt(_tiles.Count);
        foreach (var (start, transactions) in _tiles)
        {
            writer.Write(start);
            writer.Write7BitEncodedInt64(transactions);
        }

        WriteLabels(writer);
        writer.Write7BitEncodedInt(_ids.Entries.Count);
        foreach (var (id, entry) in _ids.Entries)
        {
            writer.Write(id);
            writer.Write(entry.TimeMicros);
            writer.Write7BitEncodedInt64(entry.CustomerId);
            writer.Write7BitEncodedInt64(entry.Cents);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a state, or of a newer version.</exception>
    public static MerchantWindow Deserialize(ReadOnlySpan<byte> state, MerchantWindowOptions? options = null)
    {
        using var reader = new BinaryReader(new MemoryStream(state.ToArray()));
        try
        {
            var version = reader.ReadByte();
            if (version != StateVersion)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture, $"Merchant state of version {version}; this program reads version {StateVersion}."));
            }

            var window = new MerchantWindow(reader.ReadInt64(), options)
            {
                Sequence = reader.ReadInt64(),
                _newest = reader.ReadInt64(),
                _tiledBefore = reader.ReadInt64(),
            };
            window.ReadBody(reader);
            reader.RequireEnd();
            return window;
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException("The merchant state is cut off or damaged.", exception);
        }
    }

    private void ReadBody(BinaryReader reader)
    {
        var time = 0L;
        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            time += reader.Read7BitEncodedInt64();
            _times.Add(time);
        }

        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            _tiles.Add(reader.ReadInt64(), reader.Read7BitEncodedInt64());
        }

        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            var at = reader.ReadInt64();
            var id = reader.ReadGuid();
            var steps = new FraudLabel.Step[CheckedCount(reader)];
            for (var i = 0; i < steps.Length; i++)
            {
                steps[i] = new FraudLabel.Step(reader.ReadInt64(), reader.ReadBoolean());
            }

            _labels.Add(new FraudLabel(at, id, steps));
        }

        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            var id = reader.ReadGuid();
            _ids.Add(id, new RecentIds.Entry(reader.ReadInt64(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64()));
        }
    }

    // Damage must not ask for more memory than the state could fill: a step takes nine bytes.
    private static int CheckedCount(BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        return count >= 0 && count <= (reader.BaseStream.Length - reader.BaseStream.Position) / 9
            ? count
            : throw new FormatException("More label steps than bytes.");
    }

    private void WriteLabels(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(_labels.Count);
        foreach (var label in _labels)
        {
            writer.Write(label.TimeMicros);
            writer.Write(label.Id);
            writer.Write7BitEncodedInt(label.Steps.Length);
            foreach (var step in label.Steps)
            {
                writer.Write(step.VisibleFromMicros);
                writer.Write(step.IsFraud);
            }
        }
    }
}
