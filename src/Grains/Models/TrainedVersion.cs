using Levee.Training;

namespace Levee.Grains.Models;

/// <summary>What came of a training.</summary>
/// <param name="Version">The registered version.</param>
/// <param name="Outcome">What was trained; null when the run had been registered before.</param>
/// <param name="Evaluation">How good it is; null when the run had been registered before.</param>
/// <param name="Folder">The run's files on disk; null when there are none.</param>
public sealed record TrainedVersion(string Version, TrainingOutcome? Outcome, ModelEvaluation? Evaluation, string? Folder);
