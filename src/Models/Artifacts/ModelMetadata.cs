namespace Levee.Models;

/// <summary>All that is known of a model besides its trees: what it expects, how good it was, and what is needed to make it again.</summary>
public sealed record ModelMetadata
{
    /// <summary>Name of the model, such as "fraud-lightgbm".</summary>
    public required string Name { get; init; }

    /// <summary>Names of the features in the order of the vector.</summary>
    public required IReadOnlyList<string> FeatureNames { get; init; }

    /// <summary>Hash of the feature list that the model was trained on.</summary>
    public required string FeatureHash { get; init; }

    /// <summary>Probability from which a transaction is called fraud, 0 to 1.</summary>
    public required double Threshold { get; init; }

    /// <summary>How the threshold was chosen, in words.</summary>
    public required string ThresholdRule { get; init; }

    /// <summary>Metrics on the held-out latest period: the baseline that drift is measured against.</summary>
    public required EvaluationMetrics Metrics { get; init; }

    /// <summary>How the probabilities were calibrated, in words; null in artifacts of the first format.</summary>
    public string? CalibrationRule { get; init; }

    /// <summary>Sum of the gains of the splits on each feature, in the order of the features; null in artifacts of the first format.</summary>
    public IReadOnlyList<double>? FeatureGains { get; init; }

    /// <summary>Training parameters by name.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>The seed of all randomness in training.</summary>
    public required int RandomState { get; init; }

    /// <summary>Training and test data.</summary>
    public required DataSnapshot Data { get; init; }

    /// <summary>Event time of the last row that taught the trees; null in artifacts of the first format.</summary>
    public DateTimeOffset? TrainedUntil { get; init; }

    /// <summary>
    /// The file that holds every row that the training was given, by its SHA-256, to train again from; null when none was kept.
    /// </summary>
    public DataSnapshot? Snapshot { get; init; }

    /// <summary>When the model was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Version of the code that made it.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>Versions of the packages that made it, by package name.</summary>
    public required IReadOnlyDictionary<string, string> Packages { get; init; }
}
