using Levee.Models;

namespace Levee.Training;

/// <summary>Scores rows with a model and evaluates the scores.</summary>
public static class ModelScorer
{
    private const int BlockRows = 1024;
    private const int CardsADay = 100;
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>The probability of each row.</summary>
    /// <param name="trees">The model.</param>
    /// <param name="rows">The rows.</param>
    public static double[] Score(TreeEnsemble trees, IReadOnlyList<TrainingRow> rows)
    {
        ArgumentNullException.ThrowIfNull(trees);
        ArgumentNullException.ThrowIfNull(rows);
        var columns = trees.FeatureCount;
        var probabilities = new double[rows.Count];
        var block = new float[BlockRows * columns];
        for (var start = 0; start < rows.Count; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows.Count - start);
            for (var i = 0; i < count; i++)
            {
                rows[start + i].Features.CopyTo(block, i * columns);
            }

            trees.PredictBatch(block.AsSpan(0, count * columns), columns, probabilities.AsSpan(start, count));
        }

        return probabilities;
    }

    /// <summary>All metrics of a model on rows, with card precision at 100.</summary>
    /// <param name="trees">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="threshold">A row is called fraud from this probability on.</param>
    public static EvaluationMetrics Evaluate(TreeEnsemble trees, IReadOnlyList<TrainingRow> rows, double threshold)
    {
        var scores = Score(trees, rows);
        var labels = rows.Select(r => r.IsFraud).ToArray();
        var days = rows.Select(r => Math.DivRem(r.EventTimeMicros, MicrosPerDay).Quotient).ToArray();
        var cards = rows.Select(r => r.CustomerId).ToArray();
        return BinaryMetrics.Evaluate(scores, labels, threshold) with
        {
            CardPrecisionAt100 = CardPrecision.AtK(days, cards, scores, labels, CardsADay),
        };
    }
}
