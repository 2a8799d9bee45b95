using System.ComponentModel;
using System.Text.Json.Serialization;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>A registered model version.</summary>
internal sealed record ModelAnswer
{
    [JsonPropertyName("version"), Description("Such as v1.")]
    public required string Version { get; init; }

    [JsonPropertyName("stage"), Description("None, Staging, Production or Archived.")]
    public required string Stage { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("feature_hash"), Description("Hash of the feature list that the model was trained on.")]
    public required string FeatureHash { get; init; }

    [JsonPropertyName("metrics"), Description("Metrics on held-out time by name.")]
    public required Dictionary<string, double?> Metrics { get; init; }

    public static ModelAnswer From(ModelVersion model) => new()
    {
        Version = model.Version,
        Stage = model.Stage,
        CreatedAt = model.CreatedAt,
        FeatureHash = model.FeatureHash,
        Metrics = Numbers.ByName(model.Metrics),
    };
}
