using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Levee.Features;

namespace Levee.Api.Contracts;

// The parser reads the bytes itself; this type is their description in the OpenAPI document.
/// <summary>A transaction to score. What is given beyond this is ignored.</summary>
internal sealed record PredictBody
{
    [JsonPropertyName("customer_id"), Range(1, long.MaxValue), Description("The card holder.")]
    public required long CustomerId { get; init; }

    [JsonPropertyName("merchant_id"), Range(1, long.MaxValue), Description("Where the card is used.")]
    public required long MerchantId { get; init; }

    [JsonPropertyName("amount"), Description("Above 0, at most 9999999999.99, at most 2 decimals.")]
    public required decimal Amount { get; init; }

    [JsonPropertyName("transaction_id"),
     Description("When the stream has already delivered this transaction, it is not counted twice.")]
    public Guid? TransactionId { get; init; }

    [JsonPropertyName("currency"), RegularExpression("^[A-Z]{3}$"),
     Description("ISO 4217 code that has a rate; the base currency when absent.")]
    public string? Currency { get; init; }

    [JsonPropertyName("timestamp"),
     Description("ISO 8601 with offset, or milliseconds since 1970 as a number; at most 5 minutes ahead of the clock. "
         + "When absent, the later of now and the customer's newest transaction. Later events do not count.")]
    public DateTimeOffset? Timestamp { get; init; }

    [JsonPropertyName("card_last_4"), RegularExpression("^[0-9]{4}$"), Description("Last four digits of the card.")]
    public string? CardLast4 { get; init; }

    [JsonPropertyName("country"), RegularExpression("^[A-Z]{2}$"), Description("ISO 3166 alpha-2 code.")]
    public string? Country { get; init; }

    [JsonPropertyName("device_type"), StringLength(TransactionJson.MaxDeviceTypeLength, MinimumLength = 1), Description("Such as mobile, web or pos.")]
    public string? DeviceType { get; init; }

    [JsonPropertyName("transaction_count"), Range(0, int.MaxValue),
     Description("Replaces the live number of the customer's transactions in the last minute.")]
    public int? TransactionCount { get; init; }

    [JsonPropertyName("avg_amount"), Range(0, double.MaxValue),
     Description("Replaces the live average amount of the last minute, in the base currency.")]
    public double? AvgAmount { get; init; }
}
