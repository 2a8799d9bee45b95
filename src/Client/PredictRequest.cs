using System.Text.Json.Serialization;

namespace Levee.Client;

/// <summary>A transaction to score.</summary>
public sealed record PredictRequest
{
    /// <summary>The card holder, 1 or more.</summary>
    public required long CustomerId { get; init; }

    /// <summary>Where the card is used, 1 or more.</summary>
    public required long MerchantId { get; init; }

    /// <summary>Above 0, at most 9999999999.99, at most 2 decimals.</summary>
    public required decimal Amount { get; init; }

    /// <summary>A transaction that the stream has already delivered is not counted twice.</summary>
    public Guid? TransactionId { get; init; }

    /// <summary>ISO 4217 code; the base currency when absent.</summary>
    public string? Currency { get; init; }

    /// <summary>When absent, the later of now and the customer's newest transaction.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Last four digits of the card.</summary>
    [JsonPropertyName("card_last_4")]
    public string? CardLast4 { get; init; }

    /// <summary>ISO 3166 alpha-2 code.</summary>
    public string? Country { get; init; }

    /// <summary>Such as mobile, web or pos.</summary>
    public string? DeviceType { get; init; }

    /// <summary>Replaces the live number of the customer's transactions in the last minute.</summary>
    public int? TransactionCount { get; init; }

    /// <summary>Replaces the live average amount of the last minute, in the base currency.</summary>
    public double? AvgAmount { get; init; }
}
