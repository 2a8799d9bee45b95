using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>The model versions, and which are served.</summary>
internal sealed record ModelsAnswer(
    [property: JsonPropertyName("models"), Description("All versions, newest first.")] ModelAnswer[] Models,
    [property: JsonPropertyName("served"), Description("The version that each silo last said it serves.")]
    Dictionary<string, string> Served);
