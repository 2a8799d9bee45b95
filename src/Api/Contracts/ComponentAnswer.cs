using System.ComponentModel;
using System.Text.Json.Serialization;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>The health of one component.</summary>
internal sealed record ComponentAnswer(
    [property: JsonPropertyName("status"), Description("healthy or unhealthy.")] string Status,
    [property: JsonPropertyName("detail"), Description("In one sentence.")] string Detail)
{
    public static ComponentAnswer From(ComponentHealth health) =>
        new(health.Healthy ? HealthAnswer.Healthy : HealthAnswer.Unhealthy, health.Detail);
}
