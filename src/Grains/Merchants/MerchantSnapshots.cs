using Levee.Features;

namespace Levee.Grains.Merchants;

/// <summary>Between the snapshot of the feature code and the message that Orleans carries.</summary>
internal static class MerchantSnapshots
{
    /// <summary>Of a merchant whose history is missing.</summary>
    public static MerchantSnapshotResponse Degraded { get; } = ToResponse(default, null, null) with { Degraded = true };

    /// <summary>A snapshot as a message.</summary>
    public static MerchantSnapshotResponse ToResponse(in MerchantSnapshot known, byte[]? offsets, long? version) => new()
    {
        Count1d = known.Count1d,
        Fraud1d = known.Fraud1d,
        Count7d = known.Count7d,
        Fraud7d = known.Fraud7d,
        Count30d = known.Count30d,
        Fraud30d = known.Fraud30d,
        FraudRunLength = known.FraudRunLength,
        FraudRunStartMicros = known.FraudRunStartMicros,
        LastLegitimateMicros = known.LastLegitimateMicros,
        OrdinaryRunLength = known.OrdinaryRunLength,
        OrdinaryRunStartMicros = known.OrdinaryRunStartMicros,
        AlikeCount30d = known.AlikeCount30d,
        AlikeFraud30d = known.AlikeFraud30d,
        Sequence = known.Sequence,
        Degraded = false,
        Offsets = offsets,
        Version = version,
    };

    /// <summary>A message as a snapshot.</summary>
    public static MerchantSnapshot ToSnapshot(in MerchantSnapshotResponse response) => new()
    {
        Count1d = response.Count1d,
        Fraud1d = response.Fraud1d,
        Count7d = response.Count7d,
        Fraud7d = response.Fraud7d,
        Count30d = response.Count30d,
        Fraud30d = response.Fraud30d,
        FraudRunLength = response.FraudRunLength,
        FraudRunStartMicros = response.FraudRunStartMicros,
        LastLegitimateMicros = response.LastLegitimateMicros,
        OrdinaryRunLength = response.OrdinaryRunLength,
        OrdinaryRunStartMicros = response.OrdinaryRunStartMicros,
        AlikeCount30d = response.AlikeCount30d,
        AlikeFraud30d = response.AlikeFraud30d,
        Sequence = response.Sequence,
    };
}
