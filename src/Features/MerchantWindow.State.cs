using System.Globalization;

namespace Levee.Features;

/// <content>The durable form of the window.</content>
public sealed partial class MerchantWindow
{
    private const byte StateVersion = 2;

    // Had no amounts: they are unknown then, until the state is rebuilt or 45 days have passed.
    private const byte VersionWithoutAmounts = 1;

    /// <summary>The whole window as bytes; <see cref="Deserialize"/> gives an equal one.</summary>
    public byte[] Serialize()
    {
        using var stream = new MemoryStream(256 + (_times.Count * 7) + (_ids.Entries.Count * 32));
        using var writer = new BinaryWriter(stream);
        writer.Write(StateVersion);
        writer.Write(MerchantId);
        writer.Write(Sequence);
        writer.Write(_newest);
        writer.Write(_tiledBefore);
        writer.Write7BitEncodedInt(_times.Count);
        var before = 0L;
        for (var i = 0; i < _times.Count; i++)
        {
            writer.Write7BitEncodedInt64(_times[i] - before);
            writer.Write(_bands[i]);
            before = _times[i];
        }

        writer.Write7BitEncodedInt(_tiles.Count);
        foreach (var (start, tile) in _tiles)
        {
            writer.Write(start);
            var bands = tile.Bands.ToArray();
            writer.Write((byte)bands.Length);
            foreach (var (band, count) in bands)
            {
                writer.Write(band);
                writer.Write7BitEncodedInt64(count);
            }
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
            if (version is < VersionWithoutAmounts or > StateVersion)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Merchant state of version {version}; this program reads versions {VersionWithoutAmounts} to {StateVersion}."));
            }

            var window = new MerchantWindow(reader.ReadInt64(), options)
            {
                Sequence = reader.ReadInt64(),
                _newest = reader.ReadInt64(),
                _tiledBefore = reader.ReadInt64(),
            };
            window.ReadBody(reader, hasAmounts: version > VersionWithoutAmounts);
            reader.RequireEnd();
            return window;
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException("The merchant state is cut off or damaged.", exception);
        }
    }

    private void ReadBody(BinaryReader reader, bool hasAmounts)
    {
        var time = 0L;
        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            time += reader.Read7BitEncodedInt64();
            _times.Add(time);
            _bands.Add(hasAmounts ? ReadBand(reader) : AmountBand.Unknown);
        }

        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            var tile = new MerchantTile();
            _tiles.Add(reader.ReadInt64(), tile);
            for (var bands = hasAmounts ? reader.ReadByte() : 1; bands > 0; bands--)
            {
                tile.Add(hasAmounts ? ReadBand(reader) : AmountBand.Unknown, reader.Read7BitEncodedInt64());
            }
        }

        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            var at = reader.ReadInt64();
            var id = reader.ReadGuid();
            var band = hasAmounts ? ReadBand(reader) : AmountBand.Unknown;
            var steps = new FraudLabel.Step[CheckedCount(reader)];
            for (var i = 0; i < steps.Length; i++)
            {
                steps[i] = new FraudLabel.Step(reader.ReadInt64(), reader.ReadBoolean());
            }

            _labels.Add(new FraudLabel(at, id, band, steps));
        }

        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            var id = reader.ReadGuid();
            _ids.Add(id, new RecentIds.Entry(reader.ReadInt64(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64()));
        }
    }

    private static byte ReadBand(BinaryReader reader)
    {
        var band = reader.ReadByte();
        return band <= AmountBand.Highest ? band : throw new FormatException($"A band of amounts {band}.");
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
            writer.Write(label.Band);
            writer.Write7BitEncodedInt(label.Steps.Length);
            foreach (var step in label.Steps)
            {
                writer.Write(step.VisibleFromMicros);
                writer.Write(step.IsFraud);
            }
        }
    }
}
