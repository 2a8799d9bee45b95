using Levee.Models;

namespace Levee.Training;

/// <summary>A trained model and how good it is on the held-out latest period.</summary>
/// <param name="Artifact">The model.</param>
/// <param name="Test">Metrics on the test rows, at the model's threshold.</param>
/// <param name="Split">Which rows were used for what.</param>
public sealed record TrainingOutcome(ModelArtifact Artifact, EvaluationMetrics Test, TimeSplit Split)
{
    /// <summary>How the chosen configuration and those beside it did on the folds; the chosen one first. Empty when no fold had both classes.</summary>
    public IReadOnlyList<CrossValidationResult> Candidates { get; init; } = [];

    /// <summary>The trials of the hyper-parameter search; empty without one.</summary>
    public IReadOnlyList<SearchTrial> Trials { get; init; } = [];
}
