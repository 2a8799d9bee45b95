using Levee.Models;

namespace Levee.Training;

/// <summary>Scores rows with a model and evaluates the scores.</summary>
public static class ModelScorer
{
    private const int BlockRows = 1024;
    private const int CardsADay = 100;
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>The probability of each row.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="rows">The rows.</param>
    public static double[] Score(IBinaryClassifier classifier, IReadOnlyList<TrainingRow> rows)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(rows);
        var columns = classifier.FeatureCount;
        var probabilities = new double[rows.Count];
        var block = new float[BlockRows * columns];
        for (var start = 0; start < rows.Count; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows.Count - start);
            for (var i = 0; i < count; i++)
            {
                rows[start + i].Features.CopyTo(block, i * columns);
            }

            classifier.PredictBatch(block.AsSpan(0, count * columns), columns, probabilities.AsSpan(start, count));
        }

        return probabilities;
    }

    /// <summary>The calibrated probability of each row, as it is served.</summary>
    /// <param name="artifact">The model.</param>
    /// <param name="rows">The rows.</param>
    public static double[] Score(ModelArtifact artifact, IReadOnlyList<TrainingRow> rows)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return Score(artifact.Classifier, artifact.Calibration, rows);
    }

    /// <summary>All metrics of a model on rows, at its threshold, with card precision at 100.</summary>
    /// <param name="artifact">The model.</param>
    /// <param name="rows">The rows.</param>
    public static EvaluationMetrics Evaluate(ModelArtifact artifact, IReadOnlyList<TrainingRow> rows)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return Evaluate(artifact.Classifier, rows, artifact.Metadata.Threshold, artifact.Calibration);
    }

    /// <summary>All metrics of a model on rows, with card precision at 100.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="threshold">A row is called fraud from this probability on.</param>
    /// <param name="calibration">Applied to the model's probabilities; null for none.</param>
    public static EvaluationMetrics Evaluate(
        IBinaryClassifier classifier, IReadOnlyList<TrainingRow> rows, double threshold, ProbabilityCalibration? calibration = null)
    {
        var scores = Score(classifier, calibration, rows);
        var labels = rows.Select(r => r.IsFraud).ToArray();
        var days = rows.Select(DayOf).ToArray();
        var cards = rows.Select(r => r.CustomerId).ToArray();
        return BinaryMetrics.Evaluate(scores, labels, threshold) with
        {
            CardPrecisionAt100 = CardPrecision.AtK(days, cards, scores, labels, CardsADay),
        };
    }

    /// <summary>The row's day in UTC, counted from 1970.</summary>
    internal static long DayOf(TrainingRow row) => Math.DivRem(row.EventTimeMicros, MicrosPerDay).Quotient;

    private static double[] Score(IBinaryClassifier classifier, ProbabilityCalibration? calibration, IReadOnlyList<TrainingRow> rows)
    {
        var scores = Score(classifier, rows);
        calibration?.Apply(scores);
        return scores;
    }
}
