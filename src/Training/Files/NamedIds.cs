using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Levee.Training;

/// <summary>Ids for what a file names otherwise: the same name gives the same id in every file and on every machine.</summary>
internal static class NamedIds
{
    /// <summary>A UUID (RFC 9562, version 8) from any text.</summary>
    public static Guid Uuid(ReadOnlySpan<char> name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(name), hash);
        return ToUuid(hash);
    }

    /// <summary>A UUID from what a row without an id holds.</summary>
    public static Guid Uuid(long row, long customerId, long merchantId, decimal amount, long micros)
    {
        Span<byte> content = stackalloc byte[48];
        BinaryPrimitives.WriteInt64LittleEndian(content, row);
        BinaryPrimitives.WriteInt64LittleEndian(content[8..], customerId);
        BinaryPrimitives.WriteInt64LittleEndian(content[16..], merchantId);
        BinaryPrimitives.WriteInt64LittleEndian(content[24..], (long)(amount * 100));
        BinaryPrimitives.WriteInt64LittleEndian(content[32..], micros);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return ToUuid(hash);
    }

    /// <summary>A positive integer from any text.</summary>
    public static long Number(ReadOnlySpan<char> name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(name), hash);
        return (BinaryPrimitives.ReadInt64LittleEndian(hash) & long.MaxValue) | 1;
    }

    private static Guid ToUuid(Span<byte> hash)
    {
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
