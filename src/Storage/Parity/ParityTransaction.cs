using Levee.Features;

namespace Levee.Storage;

/// <summary>A stored transaction with what says since when its customer and its merchant knew it.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="CustomerSequence">Its place among the customer's.</param>
/// <param name="Origin">Epoch, partition and offset of its record; null for history.</param>
/// <param name="SinceVersion">For history: the merchant's state holds it from this version on; <see cref="long.MaxValue"/> while it does not.</param>
/// <param name="IsAsWritten">False when the row no longer says what it said when it was written.</param>
public sealed record ParityTransaction(
    Transaction Transaction,
    long CustomerSequence,
    (int Epoch, int Partition, long Offset)? Origin,
    long SinceVersion,
    bool IsAsWritten)
{
    /// <summary>Whether a merchant had folded it.</summary>
    public bool IsKnownAt(MerchantPoint point) => Origin is { } origin
        ? point.Offsets.Covers(origin.Epoch, origin.Partition, origin.Offset)
        : SinceVersion <= point.Version;
}
