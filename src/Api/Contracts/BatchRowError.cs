using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>Why a row of a batch has no score; as a request of its own it would have got this.</summary>
internal sealed record BatchRowError
{
    [JsonPropertyName("status"), Description("400 when the row is at fault, 503 when it may be sent again.")]
    public required int Status { get; init; }

    [JsonPropertyName("title")]
    public required string Title { get; init; }

    [JsonPropertyName("errors"), Description("What was expected, by field; only with 400.")]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}
