namespace Levee.Grains;

/// <summary>A registered model version.</summary>
[GenerateSerializer, Immutable, Alias("levee.ModelVersion")]
public sealed record ModelVersion
{
    /// <summary>Such as "v1".</summary>
    [Id(0)] public required string Version { get; init; }

    /// <summary>None, Staging, Production or Archived.</summary>
    [Id(1)] public required string Stage { get; init; }

    /// <summary>When it was registered.</summary>
    [Id(2)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Hash of the feature list that it was trained on.</summary>
    [Id(3)] public required string FeatureHash { get; init; }

    /// <summary>Metrics on held-out time by name: auc, average_precision, precision, recall, f1, ...</summary>
    [Id(4)] public required KeyValuePair<string, double>[] Metrics { get; init; }
}
