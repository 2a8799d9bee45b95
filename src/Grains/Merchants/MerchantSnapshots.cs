using Levee.Features;

namespace Levee.Grains.Merchants;

/// <summary>Between the snapshot of the feature code and the message that Orleans carries.</summary>
internal static class MerchantSnapshots
{
    /// <summary>A snapshot as a message; of nothing, a degraded one.</summary>
    public static MerchantSnapshotResponse ToResponse(MerchantSnapshot? snapshot)
    {
        var known = snapshot.GetValueOrDefault();
        return new MerchantSnapshotResponse
        {
            Count1d = known.Count1d,
            Fraud1d = known.Fraud1d,
            Count7d = known.Count7d,
            Fraud7d = known.Fraud7d,
            Count30d = known.Count30d,
            Fraud30d = known.Fraud30d,
            Sequence = known.Sequence,
            Degraded = snapshot is null,
        };
    }

    /// <summary>A message as a snapshot.</summary>
    public static MerchantSnapshot ToSnapshot(in MerchantSnapshotResponse response) => new()
    {
        Count1d = response.Count1d,
        Fraud1d = response.Fraud1d,
        Count7d = response.Count7d,
        Fraud7d = response.Fraud7d,
        Count30d = response.Count30d,
        Fraud30d = response.Fraud30d,
        Sequence = response.Sequence,
    };
}
