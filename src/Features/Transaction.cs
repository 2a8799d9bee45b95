namespace Levee.Features;

/// <summary>A card transaction whose fields have been checked.</summary>
public sealed record Transaction
{
    /// <summary>Globally unique id.</summary>
    public required Guid TransactionId { get; init; }

    /// <summary>The card holder, above 0.</summary>
    public required long CustomerId { get; init; }

    /// <summary>The merchant, above 0.</summary>
    public required long MerchantId { get; init; }

    /// <summary>Amount in <see cref="Currency"/>, above 0, at most two decimals and ten digits before them.</summary>
    public required decimal Amount { get; init; }

    /// <summary>ISO 4217 code, three upper-case letters.</summary>
    public required string Currency { get; init; }

    /// <summary>The amount in cents of the base currency; what windows fold.</summary>
    public required long BaseCents { get; init; }

    /// <summary>Event time, microseconds since the Unix epoch.</summary>
    public required long EventTimeMicros { get; init; }

    /// <summary>Last four digits of the card, or null.</summary>
    public string? CardLast4 { get; init; }

    /// <summary>The early label in the message, or null. Never a model input before the label delay.</summary>
    public bool? IsFraud { get; init; }

    /// <summary>ISO 3166 alpha-2 country, or null.</summary>
    public string? Country { get; init; }

    /// <summary>Device type as the producer names it, or null.</summary>
    public string? DeviceType { get; init; }
}
