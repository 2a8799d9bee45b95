namespace Levee.Client;

/// <summary>A registered model version.</summary>
public sealed record Model
{
    /// <summary>Such as v1.</summary>
    public required string Version { get; init; }

    /// <summary>None, Staging, Production or Archived.</summary>
    public required string Stage { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Hash of the feature list that it was trained on.</summary>
    public required string FeatureHash { get; init; }

    /// <summary>Metrics on held-out time by name; null where undefined.</summary>
    public required IReadOnlyDictionary<string, double?> Metrics { get; init; }
}
