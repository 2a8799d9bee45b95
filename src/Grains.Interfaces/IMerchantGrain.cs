using Orleans.Concurrency;

namespace Levee.Grains;

/// <summary>
/// One merchant: folds its transactions and their labels into windows that are delayed by the label delay. The key is the merchant id.
/// </summary>
[Alias("levee.IMerchantGrain")]
public interface IMerchantGrain : IGrainWithIntegerKey
{
    /// <summary>The merchant's windows as they were known at a time. Interleaves with writes.</summary>
    /// <param name="atMicros">Microseconds since the Unix epoch.</param>
    /// <param name="baseCents">The amount that is asked about, in cents of the base currency; 0 for none.</param>
    /// <param name="maxWaitMilliseconds">
    /// How long a cold key may wait for PostgreSQL before the answer is <see cref="MerchantSnapshotResponse.Degraded"/>.
    /// </param>
    [AlwaysInterleave]
    [Alias("GetSnapshot")]
    ValueTask<MerchantSnapshotResponse> GetSnapshot(long atMicros, long baseCents, int maxWaitMilliseconds);

    /// <summary>Folds the labels of this merchant's transactions that PostgreSQL holds but the merchant does not know yet.</summary>
    [Alias("FoldPendingLabels")]
    Task FoldPendingLabels();
}
