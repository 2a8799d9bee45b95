using System.Numerics;

namespace Levee.Features;

/// <summary>
/// Amounts in bands that each reach twice as far as the one before: the position of the highest bit of the cents. A byte instead of an amount
/// is enough to tell a merchant's ordinary transactions from what is far above them.
/// </summary>
internal static class AmountBand
{
    /// <summary>The band of an amount that is not known, as in states that were written before amounts were kept.</summary>
    public const byte Unknown = 0;

    /// <summary>The highest band; larger amounts are in it too: from 10,737,418.24 on.</summary>
    public const byte Highest = 31;

    /// <summary>The band of an amount in cents: 1 for one cent, 2 for two and three, and so on.</summary>
    public static byte Of(long cents) => cents <= 0 ? Unknown : (byte)Math.Min(Highest, 64 - BitOperations.LeadingZeroCount((ulong)cents));
}
