using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>What one feature did to a score.</summary>
internal sealed record ReasonAnswer
{
    [JsonPropertyName("feature"), Description("Name in the feature list.")]
    public required string Feature { get; init; }

    [JsonPropertyName("value"), Description("The feature's value; null when it is missing.")]
    public required double? Value { get; init; }

    [JsonPropertyName("usual"), Description("What is usual: of this customer where that is known, else of all transactions; null when nothing is.")]
    public required double? Usual { get; init; }

    [JsonPropertyName("contribution"), Description("Shapley value in log-odds: above 0 towards fraud, below 0 away from it.")]
    public required double Contribution { get; init; }

    [JsonPropertyName("text"), Description("The same in words.")]
    public required string Text { get; init; }
}
