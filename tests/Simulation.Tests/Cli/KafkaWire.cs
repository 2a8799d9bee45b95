using System.Buffers.Binary;
using System.Text;

namespace Levee.Simulation.Tests.Cli;

/// <summary>Reads and writes the primitive types of the Kafka protocol, in its versions before compact ones.</summary>
internal sealed class KafkaWire
{
    private readonly MemoryStream _stream;

    public KafkaWire(byte[]? content = null) => _stream = content is null ? new MemoryStream() : new MemoryStream(content);

    public byte[] ToArray() => _stream.ToArray();

    public sbyte ReadInt8() => (sbyte)_stream.ReadByte();

    public bool ReadBool() => _stream.ReadByte() != 0;

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Read(sizeof(short)));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Read(sizeof(int)));

    public string? ReadString() => ReadInt16() is var length && length < 0 ? null : Encoding.UTF8.GetString(Read(length));

    /// <summary>The elements of an array; none of a null one.</summary>
    public List<T> ReadArray<T>(Func<T> read) => [.. Enumerable.Range(0, Math.Max(0, ReadInt32())).Select(_ => read())];

    public KafkaWire Int8(sbyte value)
    {
        _stream.WriteByte((byte)value);
        return this;
    }

    public KafkaWire Bool(bool value) => Int8(value ? (sbyte)1 : (sbyte)0);

    public KafkaWire Int16(short value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(short)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        _stream.Write(bytes);
        return this;
    }

    public KafkaWire Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        _stream.Write(bytes);
        return this;
    }

    public KafkaWire String(string? value)
    {
        if (value is null)
        {
            return Int16(-1);
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        Int16((short)bytes.Length);
        _stream.Write(bytes);
        return this;
    }

    public KafkaWire Array<T>(IReadOnlyCollection<T> items, Action<T> write)
    {
        Int32(items.Count);
        foreach (var item in items)
        {
            write(item);
        }

        return this;
    }

    private byte[] Read(int count)
    {
        var bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }
}
