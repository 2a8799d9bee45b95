using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>Whether the process lives, or is ready for requests.</summary>
internal sealed record ReadyAnswer(
    [property: JsonPropertyName("status"), Description("live, ready or not_ready.")] string Status,
    [property: JsonPropertyName("detail"), Description("In one sentence; null when there is nothing to say.")] string? Detail = null,
    [property: JsonPropertyName("model_version"), Description("The version served, such as v1.")] string? ModelVersion = null);
