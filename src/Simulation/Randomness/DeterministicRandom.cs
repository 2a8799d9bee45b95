using System.Numerics;

namespace Levee.Simulation;

/// <summary>
/// xoshiro256** seeded through SplitMix64. A stream is named by the seed, a purpose and an index, so that any hour of the simulation can be
/// made without those before it.
/// </summary>
internal sealed class DeterministicRandom
{
    private const int NormalTerms = 12;
    private const double LargestStep = 30;

    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public DeterministicRandom(ulong seed)
    {
        _a = Mix(ref seed);
        _b = Mix(ref seed);
        _c = Mix(ref seed);
        _d = Mix(ref seed);
    }

    public static DeterministicRandom Of(long seed, RandomPurpose purpose, long index)
    {
        var state = (ulong)seed;
        state = Mix(ref state) ^ (ulong)purpose;
        state = Mix(ref state) ^ (ulong)index;
        return new DeterministicRandom(Mix(ref state));
    }

    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>0 to below 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public double Between(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>0 to below a bound, which is at least 1.</summary>
    public int Next(int bound) => (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);

    /// <summary>Both ends included.</summary>
    public int Between(int low, int high) => low + Next(high - low + 1);

    public bool Chance(double probability) => NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>Standard normal but for the far tails: a sum of uniform numbers, which needs no function of the C library.</summary>
    public double NextNormal()
    {
        var sum = -NormalTerms / 2.0;
        for (var i = 0; i < NormalTerms; i++)
        {
            sum += NextDouble();
        }

        return sum;
    }

    public double NextExponential(double mean) => -mean * PortableMath.Log(1 - NextDouble());

    public int NextPoisson(double mean)
    {
        var count = 0;
        while (mean > LargestStep)
        {
            count += SmallPoisson(LargestStep);
            mean -= LargestStep;
        }

        return mean > 0 ? count + SmallPoisson(mean) : count;
    }

    /// <summary>A random UUID (version 4).</summary>
    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, NextUInt64());
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], NextUInt64());
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private int SmallPoisson(double mean)
    {
        var limit = PortableMath.Exp(-mean);
        var product = NextDouble();
        var count = 0;
        while (product > limit)
        {
            product *= NextDouble();
            count++;
        }

        return count;
    }

    private static ulong Mix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
