namespace Levee.Storage;

/// <summary>A model to register.</summary>
public sealed record NewModelVersion
{
    /// <summary>The run that made it; registering a run twice gives the first version.</summary>
    public required Guid RunId { get; init; }

    /// <summary>What kind of run: "first", "retrain", ...</summary>
    public required string Kind { get; init; }

    /// <summary>Hash of the feature list that it was trained on.</summary>
    public required string FeatureHash { get; init; }

    /// <summary>The artifact's bytes.</summary>
    public required byte[] Artifact { get; init; }

    /// <summary>Metrics on held-out time.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Parameters of the training.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Files of the run, such as its report. Defaults to none.</summary>
    public IReadOnlyList<RunArtifact> Files { get; init; } = [];
}
