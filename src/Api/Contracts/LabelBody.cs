using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>What became known of a transaction.</summary>
internal sealed record LabelBody
{
    [JsonPropertyName("transaction_id"), Description("The transaction; it need not be known yet.")]
    public required Guid TransactionId { get; init; }

    [JsonPropertyName("is_fraud"), Range(0, 1), Description("0 or 1; false and true are accepted too.")]
    public required int IsFraud { get; init; }

    [JsonPropertyName("observed_at"), Description("When it became known: ISO 8601 with offset or milliseconds since 1970; now when absent.")]
    public DateTimeOffset? ObservedAt { get; init; }

    [JsonPropertyName("source"), StringLength(64, MinimumLength = 1), Description("Who says so, such as chargeback; api when absent.")]
    public string? Source { get; init; }
}
