namespace Levee.Grains;

/// <summary>Counts in the windows (t - 7d - w, t - 7d] for w of 1, 7 and 30 days.</summary>
[GenerateSerializer, Immutable, Alias("levee.MerchantSnapshotResponse")]
public readonly record struct MerchantSnapshotResponse
{
    /// <summary>Transactions in the window of 1 day.</summary>
    [Id(0)] public required long Count1d { get; init; }

    /// <summary>Known frauds in the window of 1 day.</summary>
    [Id(1)] public required long Fraud1d { get; init; }

    /// <summary>Transactions in the window of 7 days.</summary>
    [Id(2)] public required long Count7d { get; init; }

    /// <summary>Known frauds in the window of 7 days.</summary>
    [Id(3)] public required long Fraud7d { get; init; }

    /// <summary>Transactions in the window of 30 days.</summary>
    [Id(4)] public required long Count30d { get; init; }

    /// <summary>Known frauds in the window of 30 days.</summary>
    [Id(5)] public required long Fraud30d { get; init; }

    /// <summary>Number of events folded into the merchant.</summary>
    [Id(6)] public required long Sequence { get; init; }

    /// <summary>True when the merchant's history could not be read in time; the counts are then 0.</summary>
    [Id(7)] public required bool Degraded { get; init; }

    /// <summary>How far the merchant had come on each partition, as the prediction log keeps it. Not to be changed. Null when degraded.</summary>
    [Id(8)] public byte[]? Offsets { get; init; }

    /// <summary>Version of the merchant's state whose labels it had folded; null when degraded.</summary>
    [Id(9)] public long? Version { get; init; }

    /// <summary>Transactions of the unbroken run of known frauds that the window of 30 days ends with.</summary>
    [Id(10)] public long FraudRunLength { get; init; }

    /// <summary>Event time of that run's first transaction, microseconds since the Unix epoch; null when there is no run.</summary>
    [Id(11)] public long? FraudRunStartMicros { get; init; }

    /// <summary>Event time of the window's newest transaction that is not a known fraud; null when there is none.</summary>
    [Id(12)] public long? LastLegitimateMicros { get; init; }

    /// <summary>Length of the run of known frauds among the ordinary transactions of the window of 30 days.</summary>
    [Id(13)] public long OrdinaryRunLength { get; init; }

    /// <summary>Event time of that run's first transaction, microseconds since the Unix epoch; null when there is no run.</summary>
    [Id(14)] public long? OrdinaryRunStartMicros { get; init; }

    /// <summary>Transactions in the window of 30 days of about the amount that was asked about.</summary>
    [Id(15)] public long AlikeCount30d { get; init; }

    /// <summary>Known frauds among those.</summary>
    [Id(16)] public long AlikeFraud30d { get; init; }
}
