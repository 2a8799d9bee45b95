using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>Why a version's stage is changed, and who wants it.</summary>
internal sealed record ReasonBody(
    [property: JsonPropertyName("reason"), StringLength(500, MinimumLength = 1), Description("Goes into the history.")] string? Reason,
    [property: JsonPropertyName("who"), StringLength(100, MinimumLength = 1),
        Description("Goes into the history as given, unless the caller has identified itself: then its name does. api when absent.")] string? Who);
