using System.ComponentModel;
using System.Text.Json.Serialization;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>The health of the system.</summary>
internal sealed record HealthAnswer(
    [property: JsonPropertyName("status"), Description("healthy when all components are, else unhealthy.")] string Status,
    [property: JsonPropertyName("components"), Description("model, database, stream and prediction_log.")]
    Dictionary<string, ComponentAnswer> Components)
{
    public const string Healthy = "healthy";
    public const string Unhealthy = "unhealthy";

    public static HealthAnswer From(SystemHealth health)
    {
        var all = health.Model.Healthy && health.Database.Healthy && health.Stream.Healthy && health.PredictionLog is not { Healthy: false };
        var components = new Dictionary<string, ComponentAnswer>
        {
            ["model"] = ComponentAnswer.From(health.Model),
            ["database"] = ComponentAnswer.From(health.Database),
            ["stream"] = ComponentAnswer.From(health.Stream),
        };
        if (health.PredictionLog is { } log)
        {
            components["prediction_log"] = ComponentAnswer.From(log);
        }

        return new HealthAnswer(all ? Healthy : Unhealthy, components);
    }
}
