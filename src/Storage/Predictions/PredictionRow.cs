namespace Levee.Storage;

/// <summary>A row of <c>predictions</c>: what was asked, on what, and what the answer was.</summary>
public sealed record PredictionRow
{
    /// <summary>The row's id.</summary>
    public required Guid PredictionId { get; init; }

    /// <summary>The transaction; null when the caller gave none.</summary>
    public Guid? TransactionId { get; init; }

    /// <summary>The customer.</summary>
    public required long CustomerId { get; init; }

    /// <summary>The merchant.</summary>
    public required long MerchantId { get; init; }

    /// <summary>The time that the windows end at, microseconds since the Unix epoch.</summary>
    public required long EventTimeMicros { get; init; }

    /// <summary>When it was scored, microseconds since the Unix epoch.</summary>
    public required long ScoredAtMicros { get; init; }

    /// <summary>The whole request, UTF-8 JSON; null for a transaction scored as it arrived, whose row says what was scored.</summary>
    public required byte[]? Request { get; init; }

    /// <summary>0 to 1.</summary>
    public required double FraudProbability { get; init; }

    /// <summary>Whether the probability reached the model's threshold.</summary>
    public required bool IsFraud { get; init; }

    /// <summary>Such as "v1".</summary>
    public required string ModelVersion { get; init; }

    /// <summary>The vector that was scored.</summary>
    public required float[] Features { get; init; }

    /// <summary>Hash of the feature list.</summary>
    public required string FeatureHash { get; init; }

    /// <summary>Transactions that the customer's window held.</summary>
    public required long CustomerSequence { get; init; }

    /// <summary>Transactions that the merchant's window held.</summary>
    public required long MerchantSequence { get; init; }

    /// <summary>How far the merchant had come on each partition (<see cref="OffsetVector.ToPositionBytes"/>); null when it was missing.</summary>
    public byte[]? MerchantOffsets { get; init; }

    /// <summary>Version of the merchant's state whose labels it had folded; null when it was missing.</summary>
    public long? MerchantVersion { get; init; }

    /// <summary>True when a history was missing.</summary>
    public required bool Degraded { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public required double LatencyMs { get; init; }

    /// <summary>True when a client asked, false when the transaction was scored as it arrived.</summary>
    public required bool Served { get; init; }
}
