using System.Buffers.Binary;

namespace Levee.Storage;

/// <summary>
/// How payloads lie in a spool file: the length, the CRC-32C of the payload, the CRC-32C of these eight bytes (each a little-endian
/// 32-bit number), the payload. A header with a check of its own tells a frame that was cut off from one that was changed, and lets
/// the reader find the next good frame after a bad one.
/// </summary>
internal static class SpoolFrame
{
    public const int HeaderBytes = 12;

    private const int CheckedBytes = 8;
    private const int PayloadCrcAt = 4;

    /// <summary>Writes the header of a payload.</summary>
    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[PayloadCrcAt..], Crc32C.Compute(payload));
        BinaryPrimitives.WriteUInt32LittleEndian(header[CheckedBytes..], Crc32C.Compute(header[..CheckedBytes]));
    }

    /// <summary>Cuts a file into its parts, in order and without gaps but for the headers of good frames.</summary>
    public static IEnumerable<SpoolPart> Read(ReadOnlyMemory<byte> file)
    {
        for (var at = 0; at < file.Length;)
        {
            var part = PartAt(file.Span, at);
            if (part.Kind != SpoolPartKind.Payload)
            {
                part = ToNextFrame(file.Span, part);
            }

            yield return part;
            at = part.Start + part.Length;
        }
    }

    // The end of a file is torn; in front of a good frame, or of the begin of one, bytes are corrupt.
    private static SpoolPart ToNextFrame(ReadOnlySpan<byte> file, SpoolPart bad)
    {
        for (var at = bad.Start + 1; at <= file.Length - HeaderBytes; at++)
        {
            var kind = PartAt(file, at).Kind;
            if (kind == SpoolPartKind.Payload || (kind == SpoolPartKind.Torn && bad.Kind == SpoolPartKind.Corrupt))
            {
                return new SpoolPart(SpoolPartKind.Corrupt, bad.Start, at - bad.Start);
            }
        }

        return bad with { Length = file.Length - bad.Start };
    }

    // Corrupt has no length yet: where the next good frame begins is the caller's search.
    private static SpoolPart PartAt(ReadOnlySpan<byte> file, int at)
    {
        var rest = file[at..];
        if (rest.Length < HeaderBytes)
        {
            return new SpoolPart(SpoolPartKind.Torn, at, rest.Length);
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var isHeader = length >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(rest[CheckedBytes..]) == Crc32C.Compute(rest[..CheckedBytes]);
        if (!isHeader)
        {
            return new SpoolPart(SpoolPartKind.Corrupt, at, 0);
        }

        if (length > rest.Length - HeaderBytes)
        {
            return new SpoolPart(SpoolPartKind.Torn, at, rest.Length);
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(rest[PayloadCrcAt..]) == Crc32C.Compute(rest.Slice(HeaderBytes, length))
            ? new SpoolPart(SpoolPartKind.Payload, at + HeaderBytes, length)
            : new SpoolPart(SpoolPartKind.Corrupt, at, 0);
    }
}
