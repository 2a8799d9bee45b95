using System.ComponentModel;
using System.Text.Json.Serialization;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>What was in production in a span of time.</summary>
internal sealed record LiveModelsAnswer(
    [property: JsonPropertyName("from"), Description("Begin of the span, inclusive.")] DateTimeOffset From,
    [property: JsonPropertyName("to"), Description("End of the span, exclusive.")] DateTimeOffset To,
    [property: JsonPropertyName("live"), Description("In order; empty when nothing was in production.")] LiveModelsAnswer.Period[] Live)
{
    public static LiveModelsAnswer Of(DateTimeOffset from, DateTimeOffset to, LivePeriod[] periods) => new(from, to, [.. periods.Select(period => new Period
    {
        Version = period.Version,
        From = period.From,
        Until = period.Until,
        Who = period.Who,
        Why = period.Why,
    })]);

    /// <summary>One version's time.</summary>
    internal sealed record Period
    {
        [JsonPropertyName("version"), Description("Such as v1.")]
        public required string Version { get; init; }

        [JsonPropertyName("from"), Description("When it went into production.")]
        public required DateTimeOffset From { get; init; }

        [JsonPropertyName("until"), Description("When it left; null while it is in production.")]
        public DateTimeOffset? Until { get; init; }

        [JsonPropertyName("who")]
        public required string Who { get; init; }

        [JsonPropertyName("why")]
        public required string Why { get; init; }
    }
}
