using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>How to retrain.</summary>
internal sealed record RetrainBody(
    [property: JsonPropertyName("force"), Description("Train even without drift.")] bool Force = false);
