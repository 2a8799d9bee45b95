using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Levee.Grains.Scoring;

/// <summary>Ids of predictions.</summary>
internal static class PredictionIds
{
    // The project's own namespace for UUIDv5 (RFC 9562, section 5.5); any fixed random value does.
    private static readonly Guid Namespace = new("6f0c7f0e-5a55-4a6c-9c1d-3f0f6c1b7a52");

    /// <summary>
    /// The id of an arriving transaction's prediction: UUIDv5 of its position and the model version, so that scoring a redelivered
    /// record again gives the same row.
    /// </summary>
    public static Guid ForRecord(int epoch, int partition, long offset, string modelVersion)
    {
        Span<byte> input = stackalloc byte[16 + 16 + 64];
        Namespace.TryWriteBytes(input, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(input[16..], epoch);
        BinaryPrimitives.WriteInt32BigEndian(input[20..], partition);
        BinaryPrimitives.WriteInt64BigEndian(input[24..], offset);
        var version = Encoding.UTF8.GetBytes(modelVersion, input[32..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // UUIDv5 is defined on SHA-1; nothing here is a secret.
        SHA1.HashData(input[..(32 + version)], hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
