using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>What became of the labels; they are durable.</summary>
internal sealed record LabelsAnswer(
    [property: JsonPropertyName("accepted"), Description("Labels in the request.")] int Accepted,
    [property: JsonPropertyName("new"), Description("Those that were not stored before.")] int New);
