namespace Levee.Storage;

/// <summary>A row of <c>predictions</c> as it is checked.</summary>
public sealed record LoggedPrediction
{
    /// <summary>The row's id.</summary>
    public required Guid PredictionId { get; init; }

    /// <summary>The transaction; null when the caller gave none.</summary>
    public required Guid? TransactionId { get; init; }

    /// <summary>The customer.</summary>
    public required long CustomerId { get; init; }

    /// <summary>The merchant.</summary>
    public required long MerchantId { get; init; }

    /// <summary>The time that the windows end at, microseconds since the Unix epoch.</summary>
    public required long EventTimeMicros { get; init; }

    /// <summary>The whole request as JSON; null when no client asked.</summary>
    public required string? Request { get; init; }

    /// <summary>The vector that was scored.</summary>
    public required float[] Features { get; init; }

    /// <summary>Hash of the feature list.</summary>
    public required string FeatureHash { get; init; }

    /// <summary>Transactions that the customer's window held.</summary>
    public required long CustomerSequence { get; init; }

    /// <summary>What the merchant had folded; null when that was not logged.</summary>
    public required MerchantPoint? Merchant { get; init; }

    /// <summary>True when a history was missing.</summary>
    public required bool Degraded { get; init; }

    /// <summary>True when a client asked, false when the transaction was scored as it arrived.</summary>
    public required bool Served { get; init; }
}
