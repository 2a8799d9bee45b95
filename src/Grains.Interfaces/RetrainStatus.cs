namespace Levee.Grains;

/// <summary>The state of a retraining run.</summary>
[GenerateSerializer, Immutable, Alias("levee.RetrainStatus")]
public sealed record RetrainStatus
{
    /// <summary>The run's id; null before the first.</summary>
    [Id(0)] public Guid? RunId { get; init; }

    /// <summary>The step that is under way or was last.</summary>
    [Id(1)] public RetrainStep Step { get; init; }

    /// <summary>In words: no_drift, too_few_labels, rejected, promoted, failed; null while running.</summary>
    [Id(2)] public string? Outcome { get; init; }

    /// <summary>What led to the outcome, for people.</summary>
    [Id(3)] public string? Detail { get; init; }

    /// <summary>Whether the run trains without drift.</summary>
    [Id(4)] public bool Forced { get; init; }

    /// <summary>Who started it: "schedule" or the caller's name.</summary>
    [Id(5)] public string? TriggeredBy { get; init; }

    /// <summary>When it started.</summary>
    [Id(6)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null while running.</summary>
    [Id(7)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>AUC of the matured, labelled predictions of the last 30 days; null when there were too few.</summary>
    [Id(8)] public double? CurrentAuc { get; init; }

    /// <summary>The AUC that it is compared with.</summary>
    [Id(9)] public double? BaselineAuc { get; init; }

    /// <summary>Matured predictions that the AUC was measured on.</summary>
    [Id(10)] public int MaturedPredictions { get; init; }

    /// <summary>The version that was trained, such as "v2".</summary>
    [Id(11)] public string? CandidateVersion { get; init; }

    /// <summary>AUC of the candidate on the comparison period.</summary>
    [Id(12)] public double? CandidateAuc { get; init; }

    /// <summary>AUC of the version in production on the comparison period.</summary>
    [Id(13)] public double? ProductionAuc { get; init; }
}
