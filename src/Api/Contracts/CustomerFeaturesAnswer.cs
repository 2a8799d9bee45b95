using System.ComponentModel;
using System.Text.Json.Serialization;
using Levee.Features;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>What is known of one customer now.</summary>
internal sealed record CustomerFeaturesAnswer
{
    [JsonPropertyName("customer_id")]
    public required long CustomerId { get; init; }

    [JsonPropertyName("sequence"), Description("Transactions folded in so far; 0 for a customer that sent none.")]
    public required long Sequence { get; init; }

    [JsonPropertyName("as_of"), Description("Where the windows end.")]
    public required DateTimeOffset AsOf { get; init; }

    [JsonPropertyName("newest_event"), Description("Event time of the newest transaction.")]
    public required DateTimeOffset? NewestEvent { get; init; }

    [JsonPropertyName("features"), Description("Window features by name; null where undefined.")]
    public required Dictionary<string, double?> Features { get; init; }

    public static CustomerFeaturesAnswer From(CustomerFeatures features) => new()
    {
        CustomerId = features.CustomerId,
        Sequence = features.Sequence,
        AsOf = UnixMicros.ToDateTimeOffset(features.AsOfMicros),
        NewestEvent = features.NewestEventMicros is { } micros ? UnixMicros.ToDateTimeOffset(micros) : null,
        Features = Numbers.ByName(features.Features),
    };
}
