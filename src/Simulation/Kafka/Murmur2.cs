using System.Buffers.Binary;

namespace Levee.Simulation;

/// <summary>The hash that Kafka's Java clients take partitions from: MurmurHash2, 32 bits, with Kafka's seed.</summary>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;
    private const int Shift = 24;

    /// <summary>The hash of a key.</summary>
    public static int Hash(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (uint)key.Length;
        for (; key.Length >= sizeof(uint); key = key[sizeof(uint)..])
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(key) * Multiplier;
            word ^= word >> Shift;
            hash = (hash * Multiplier) ^ (word * Multiplier);
        }

        for (var i = key.Length - 1; i >= 0; i--)
        {
            hash ^= (uint)key[i] << (8 * i);
        }

        // A multiplication of its own for what is left over, and none when nothing is.
        hash = key.Length > 0 ? hash * Multiplier : hash;
        hash ^= hash >> 13;
        hash *= Multiplier;
        return (int)(hash ^ (hash >> 15));
    }

    /// <summary>The partition of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="partitions">Number of partitions, at least 1.</param>
    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (Hash(key) & int.MaxValue) % partitions;
}
