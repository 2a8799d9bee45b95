namespace Levee.Grains;

/// <summary>A transaction as the stream delivers it to its customer and its merchant.</summary>
[GenerateSerializer, Immutable, Alias("levee.TransactionRecord")]
public sealed record TransactionRecord
{
    /// <summary>Globally unique id.</summary>
    [Id(0)] public required Guid TransactionId { get; init; }

    /// <summary>Positive customer id.</summary>
    [Id(1)] public required long CustomerId { get; init; }

    /// <summary>Positive merchant id.</summary>
    [Id(2)] public required long MerchantId { get; init; }

    /// <summary>Amount in <see cref="Currency"/>.</summary>
    [Id(3)] public required decimal Amount { get; init; }

    /// <summary>ISO 4217 code.</summary>
    [Id(4)] public required string Currency { get; init; }

    /// <summary>The amount in cents of the base currency.</summary>
    [Id(5)] public required long BaseCents { get; init; }

    /// <summary>Event time, microseconds since the Unix epoch.</summary>
    [Id(6)] public required long EventTimeMicros { get; init; }

    /// <summary>Last four digits of the card, or null.</summary>
    [Id(7)] public string? CardLast4 { get; init; }

    /// <summary>The early label in the message, or null.</summary>
    [Id(8)] public bool? IsFraud { get; init; }

    /// <summary>ISO 3166 alpha-2 country, or null.</summary>
    [Id(9)] public string? Country { get; init; }

    /// <summary>Device type, or null.</summary>
    [Id(10)] public string? DeviceType { get; init; }

    /// <summary>The log that the record came from.</summary>
    [Id(11)] public required int Epoch { get; init; }

    /// <summary>The record's partition.</summary>
    [Id(12)] public required int Partition { get; init; }

    /// <summary>The record's offset.</summary>
    [Id(13)] public required long Offset { get; init; }

    /// <summary>The partition's watermark when the record was received, microseconds since the Unix epoch.</summary>
    [Id(14)] public required long WatermarkMicros { get; init; }

    /// <summary>True when an operator has a complete record delivered once more: who does not recognise it leaves it.</summary>
    [Id(15)] public bool IsReplay { get; init; }
}
