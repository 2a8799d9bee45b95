using Levee.Features;

namespace Levee.Storage;

/// <summary>A stored transaction as a rebuild reads it.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="CustomerSequence">Its place among the customer's.</param>
/// <param name="IsLate">Whether it was late.</param>
/// <param name="Origin">Epoch, partition and offset of its record; null for history.</param>
/// <param name="ImportNumber">The import that it came with; null for all else.</param>
/// <param name="Digest">What <see cref="RowDigest"/> gave when it was written; null in rows from before digests.</param>
internal sealed record RebuildRow(
    Transaction Transaction,
    long CustomerSequence,
    bool IsLate,
    (int Epoch, int Partition, long Offset)? Origin,
    int? ImportNumber = null,
    long? Digest = null);
