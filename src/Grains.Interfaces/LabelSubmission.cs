namespace Levee.Grains;

/// <summary>What became known of a transaction.</summary>
[GenerateSerializer, Immutable, Alias("levee.LabelSubmission")]
public sealed record LabelSubmission
{
    /// <summary>The transaction; it need not be known yet.</summary>
    [Id(0)] public required Guid TransactionId { get; init; }

    /// <summary>Whether it was fraud.</summary>
    [Id(1)] public required bool IsFraud { get; init; }

    /// <summary>Who says so, such as "chargeback" or "api".</summary>
    [Id(2)] public required string Source { get; init; }

    /// <summary>When it became known; null means now.</summary>
    [Id(3)] public DateTimeOffset? ObservedAt { get; init; }
}
