using Levee.Features;

namespace Levee.Storage;

/// <summary>All of one grain's work, committed in one transaction.</summary>
public sealed record GrainCommit
{
    /// <summary>Customer or merchant.</summary>
    public required GrainKind Kind { get; init; }

    /// <summary>The grain's key.</summary>
    public required long Key { get; init; }

    /// <summary>Version of the row that this continues; 0 when there is none yet.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>The window or what changed in it; a grain's first commit must be a snapshot.</summary>
    public required StateChange State { get; init; }

    /// <summary>Transactions folded so far.</summary>
    public required long Sequence { get; init; }

    /// <summary>The offset vector as JSON.</summary>
    public required string Offsets { get; init; }

    /// <summary>Partition whose watermark the open minutes wait for; null keeps the stored one. Customers only.</summary>
    public int? Partition { get; init; }

    /// <summary>End of the oldest open minute, microseconds since the Unix epoch; null when none is open. Customers only.</summary>
    public long? OpenMinuteEndMicros { get; init; }

    /// <summary>New rows of <c>transactions</c>.</summary>
    public IReadOnlyList<TransactionRow> Transactions { get; init; } = [];

    /// <summary>New rows of <c>features</c>.</summary>
    public IReadOnlyList<MinuteFeatures> Minutes { get; init; } = [];

    /// <summary>New rows of <c>predictions</c>; one that is there already stays as it is.</summary>
    public IReadOnlyList<PredictionRow> Predictions { get; init; } = [];

    /// <summary>Labels that this state has folded.</summary>
    public IReadOnlyList<LabelKey> AppliedLabels { get; init; } = [];
}
