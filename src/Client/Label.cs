using System.Text.Json.Serialization;

namespace Levee.Client;

/// <summary>What became known of a transaction.</summary>
public sealed record Label
{
    /// <summary>The transaction; it need not be known yet.</summary>
    public required Guid TransactionId { get; init; }

    /// <summary>Whether it was fraud.</summary>
    [JsonConverter(typeof(ZeroOrOneConverter))]
    public required bool IsFraud { get; init; }

    /// <summary>When it became known; now when absent.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>Who says so, such as chargeback; up to 64 characters.</summary>
    public string? Source { get; init; }
}
