namespace Levee.Grains;

/// <summary>A transaction to score, already validated.</summary>
[GenerateSerializer, Immutable, Alias("levee.ScoreRequest")]
public sealed record ScoreRequest
{
    /// <summary>The transaction's id; when it was already folded in, it is not counted twice. Null when the caller gave none.</summary>
    [Id(0)] public Guid? TransactionId { get; init; }

    /// <summary>Positive customer id; equals the grain's key.</summary>
    [Id(1)] public required long CustomerId { get; init; }

    /// <summary>Positive merchant id.</summary>
    [Id(2)] public required long MerchantId { get; init; }

    /// <summary>Amount in <see cref="Currency"/>, above 0, at most two decimals.</summary>
    [Id(3)] public required decimal Amount { get; init; }

    /// <summary>ISO 4217 code.</summary>
    [Id(4)] public required string Currency { get; init; }

    /// <summary>The amount in cents of the base currency.</summary>
    [Id(5)] public required long BaseCents { get; init; }

    /// <summary>
    /// Microseconds since the Unix epoch; null means the later of now and the customer's newest event. Events after it do not count.
    /// </summary>
    [Id(6)] public long? EventTimeMicros { get; init; }

    /// <summary>Last four digits of the card, or null.</summary>
    [Id(7)] public string? CardLast4 { get; init; }

    /// <summary>ISO 3166 alpha-2 country, or null.</summary>
    [Id(8)] public string? Country { get; init; }

    /// <summary>Device type as the producer names it, or null.</summary>
    [Id(9)] public string? DeviceType { get; init; }

    /// <summary>Replaces the number of transactions in the last minute (the reference's schema); null for the live value.</summary>
    [Id(10)] public int? TransactionCount { get; init; }

    /// <summary>Replaces the average amount of the last minute, in base currency; null for the live value.</summary>
    [Id(11)] public double? AvgAmount { get; init; }

    /// <summary>The request as it came, UTF-8 JSON, for the prediction log.</summary>
    [Id(12)] public byte[]? RequestJson { get; init; }

    /// <summary>True for a score that nobody asked for: it is neither logged nor counted.</summary>
    [Id(13)] public bool IsWarmUp { get; init; }

    /// <summary>Whether the answer shall give its reasons.</summary>
    [Id(14)] public bool Explain { get; init; }

    /// <summary>The version that must score, such as "v1", so that all rows of a batch have the same; null for the one in service.</summary>
    [Id(15)] public string? ModelVersion { get; init; }
}
