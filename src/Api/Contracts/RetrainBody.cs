using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>The optional body of POST /retrain, for the OpenAPI document.</summary>
internal sealed record RetrainBody(
    [property: JsonPropertyName("force"), Description("Train even without drift.")] bool Force = false);
