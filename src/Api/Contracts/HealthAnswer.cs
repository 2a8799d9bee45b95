using System.ComponentModel;
using System.Text.Json.Serialization;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>The health of the system.</summary>
internal sealed record HealthAnswer(
    [property: JsonPropertyName("status"), Description("healthy when all components are, else unhealthy.")] string Status,
    [property: JsonPropertyName("components"), Description("model, database and stream.")]
    Dictionary<string, ComponentAnswer> Components)
{
    public const string Healthy = "healthy";
    public const string Unhealthy = "unhealthy";

    public static HealthAnswer From(SystemHealth health)
    {
        var all = health.Model.Healthy && health.Database.Healthy && health.Stream.Healthy;
        return new HealthAnswer(all ? Healthy : Unhealthy, new Dictionary<string, ComponentAnswer>
        {
            ["model"] = ComponentAnswer.From(health.Model),
            ["database"] = ComponentAnswer.From(health.Database),
            ["stream"] = ComponentAnswer.From(health.Stream),
        });
    }
}
