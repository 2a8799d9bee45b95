using System.Globalization;

namespace Levee.Features;

/// <content>The durable form of the window.</content>
public sealed partial class CustomerWindow
{
    private const byte StateVersion = 1;

    /// <summary>The whole window as bytes; <see cref="Deserialize"/> gives an equal one.</summary>
    public byte[] Serialize()
    {
        using var stream = new MemoryStream(256 + (_events.Count * 48));
        using var writer = new BinaryWriter(stream);
        writer.Write(StateVersion);
        writer.Write(CustomerId);
        writer.Write(Sequence);
        writer.Write(NewestEventMicros);
        writer.Write(_tiledBefore);
        writer.Write(_closedThrough);
        WriteEvents(writer);
        writer.Write7BitEncodedInt(_tiles.Count);
        foreach (var tile in _tiles)
        {
            writer.Write(tile.StartMicros);
            writer.Write7BitEncodedInt64(tile.Count);
            writer.Write7BitEncodedInt64(tile.SumCents);
            WriteInt128(writer, tile.SumSquares);
            writer.Write7BitEncodedInt64(tile.MaxCents);
        }

        writer.Write7BitEncodedInt(_minutes.Count);
        foreach (var (start, minute) in _minutes)
        {
            writer.Write(start);
            writer.Write7BitEncodedInt(minute.Count);
            writer.Write7BitEncodedInt64(minute.SumCents);
            WriteInt128(writer, minute.SumSquares);
            writer.Write7BitEncodedInt64(minute.MaxCents);
            writer.Write7BitEncodedInt(minute.Frauds);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a state, or of a newer version.</exception>
    public static CustomerWindow Deserialize(ReadOnlySpan<byte> state, CustomerWindowOptions? options = null)
    {
        using var reader = new BinaryReader(new MemoryStream(state.ToArray()));
        try
        {
            var version = reader.ReadByte();
            if (version != StateVersion)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture, $"Customer state of version {version}; this program reads version {StateVersion}."));
            }

            var window = new CustomerWindow(reader.ReadInt64(), options)
            {
                Sequence = reader.ReadInt64(),
                NewestEventMicros = reader.ReadInt64(),
                _tiledBefore = reader.ReadInt64(),
                _closedThrough = reader.ReadInt64(),
            };
            window.ReadEvents(reader);
            for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
            {
                window._tiles.Add(new CustomerTile
                {
                    StartMicros = reader.ReadInt64(),
                    Count = reader.Read7BitEncodedInt64(),
                    SumCents = reader.Read7BitEncodedInt64(),
                    SumSquares = ReadInt128(reader),
                    MaxCents = reader.Read7BitEncodedInt64(),
                });
            }

            for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
            {
                window._minutes.Add(reader.ReadInt64(), new MinuteAccumulator
                {
                    Count = reader.Read7BitEncodedInt(),
                    SumCents = reader.Read7BitEncodedInt64(),
                    SumSquares = ReadInt128(reader),
                    MaxCents = reader.Read7BitEncodedInt64(),
                    Frauds = reader.Read7BitEncodedInt(),
                });
            }

            reader.RequireEnd();
            return window;
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException("The customer state is cut off or damaged.", exception);
        }
    }

    private void WriteEvents(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(_events.Count);
        var time = 0L;
        foreach (var one in _events)
        {
            // Times ascend, so their differences are short.
            writer.Write7BitEncodedInt64(one.TimeMicros - time);
            time = one.TimeMicros;
            writer.Write7BitEncodedInt64(one.Sequence);
            writer.Write7BitEncodedInt64(one.Cents);
            writer.Write(one.Id);
            writer.Write7BitEncodedInt64(one.MerchantId);
            writer.Write(one.Country ?? "");
            writer.Write(one.DeviceType ?? "");
            writer.Write7BitEncodedInt64((long)(one.Amount * 100m));
            writer.Write(one.Currency);
        }
    }

    private void ReadEvents(BinaryReader reader)
    {
        var time = 0L;
        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            time += reader.Read7BitEncodedInt64();
            var sequence = reader.Read7BitEncodedInt64();
            var cents = reader.Read7BitEncodedInt64();
            var id = reader.ReadGuid();
            var merchant = reader.Read7BitEncodedInt64();
            var country = reader.ReadString();
            var device = reader.ReadString();
            var amount = reader.Read7BitEncodedInt64() / 100m;
            _events.Add(new CustomerEvent(
                time, sequence, cents, id, merchant, NullIfEmpty(country), NullIfEmpty(device), amount, SharedTexts.Of(reader.ReadString())));
            _ids.Add(id);
        }
    }

    private static string? NullIfEmpty(string value) => value.Length == 0 ? null : SharedTexts.Of(value);

    private static void WriteInt128(BinaryWriter writer, Int128 value)
    {
        writer.Write((ulong)(value >> 64));
        writer.Write((ulong)value);
    }

    private static Int128 ReadInt128(BinaryReader reader) => new(reader.ReadUInt64(), reader.ReadUInt64());
}
