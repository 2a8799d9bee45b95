using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Levee.Grains.Scoring;

/// <summary>Ids of predictions.</summary>
internal static class PredictionIds
{
    private const long MicrosPerMillisecond = 1_000;

    // The project's own, so that a hash of the same numbers elsewhere is another; any fixed random value does.
    private static readonly Guid Namespace = new("6f0c7f0e-5a55-4a6c-9c1d-3f0f6c1b7a52");

    /// <summary>
    /// The id of an arriving transaction's prediction, so that scoring a redelivered record again gives the same row: a UUIDv8 (RFC 9562,
    /// section 5.8) of the event's time in milliseconds, 48 bits, as a UUIDv7 has it, and of 74 bits of the SHA-256 of position and model
    /// version. The time comes first because ids without an order have the index of the log read and written all over, row by row.
    /// </summary>
    /// <param name="eventTimeMicros">Of the transaction, microseconds since the Unix epoch.</param>
    /// <param name="epoch">Of the topic.</param>
    /// <param name="partition">Of the record.</param>
    /// <param name="offset">Of the record.</param>
    /// <param name="modelVersion">Such as "v1"; at most 64 bytes.</param>
    public static Guid ForRecord(long eventTimeMicros, int epoch, int partition, long offset, string modelVersion)
    {
        Span<byte> input = stackalloc byte[16 + 16 + 64];
        Namespace.TryWriteBytes(input, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(input[16..], epoch);
        BinaryPrimitives.WriteInt32BigEndian(input[20..], partition);
        BinaryPrimitives.WriteInt64BigEndian(input[24..], offset);
        var version = Encoding.UTF8.GetBytes(modelVersion, input[32..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..(32 + version)], hash);

        Span<byte> id = stackalloc byte[2 + 16];
        BinaryPrimitives.WriteInt64BigEndian(id, eventTimeMicros / MicrosPerMillisecond);
        id = id[2..];
        hash[6..16].CopyTo(id[6..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
