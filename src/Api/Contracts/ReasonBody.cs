using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>Why a version is promoted or rolled back.</summary>
internal sealed record ReasonBody(
    [property: JsonPropertyName("reason"), StringLength(500, MinimumLength = 1), Description("Goes into the history.")] string? Reason);
