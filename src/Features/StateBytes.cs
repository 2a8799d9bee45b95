namespace Levee.Features;

/// <summary>What the durable forms of both windows write and read alike.</summary>
internal static class StateBytes
{
    /// <summary>Writes an id in sixteen bytes.</summary>
    public static void Write(this BinaryWriter writer, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes);
        writer.Write(bytes);
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="EndOfStreamException">There are less than sixteen bytes.</exception>
    public static Guid ReadGuid(this BinaryReader reader)
    {
        Span<byte> bytes = stackalloc byte[16];
        reader.BaseStream.ReadExactly(bytes);
        return new Guid(bytes);
    }

    /// <summary>Refuses bytes behind the end.</summary>
    /// <exception cref="FormatException">There are some.</exception>
    public static void RequireEnd(this BinaryReader reader)
    {
        if (reader.BaseStream.Position != reader.BaseStream.Length)
        {
            throw new FormatException("There are bytes behind the end.");
        }
    }
}
