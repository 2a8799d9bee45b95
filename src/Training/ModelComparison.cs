using Levee.Models;

namespace Levee.Training;

/// <summary>Two models on the same rows, each at its own threshold.</summary>
/// <param name="Current">Metrics of the model in production.</param>
/// <param name="Candidate">Metrics of the model that might replace it.</param>
public sealed record ModelComparison(EvaluationMetrics Current, EvaluationMetrics Candidate)
{
    /// <summary>The candidate's AUC less the current one's.</summary>
    public double AucGain => Candidate.Auc - Current.Auc;

    /// <summary>The candidate's average precision less the current one's.</summary>
    public double AveragePrecisionGain => Candidate.AveragePrecision - Current.AveragePrecision;

    /// <summary>
    /// Whether the candidate is the better one: a higher AUC, and with equal AUC a higher average precision. False when the rows have one
    /// class only.
    /// </summary>
    public bool CandidateIsBetter => AucGain > 0 || (AucGain == 0 && AveragePrecisionGain > 0);

    /// <summary>Scores both models on the same rows. Take rows later than everything that either model was trained on.</summary>
    /// <param name="current">The model in production.</param>
    /// <param name="candidate">The model that might replace it.</param>
    /// <param name="rows">The rows, at least one.</param>
    /// <exception cref="TrainingDataException">There is no row.</exception>
    /// <exception cref="ModelArtifactException">The models have different feature lists.</exception>
    public static ModelComparison Of(ModelArtifact current, ModelArtifact candidate, IReadOnlyList<TrainingRow> rows)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
        {
            throw new TrainingDataException("There is no row to compare the models on.");
        }

        if (current.Metadata.FeatureHash != candidate.Metadata.FeatureHash)
        {
            throw new ModelArtifactException(
                $"The models have different feature lists ({current.Metadata.FeatureHash} and {candidate.Metadata.FeatureHash}); the same " +
                "rows cannot be given to both.");
        }

        return new ModelComparison(
            ModelScorer.Evaluate(current, rows),
            ModelScorer.Evaluate(candidate, rows));
    }
}
