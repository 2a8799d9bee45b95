namespace Levee.Models;

/// <summary>Metrics of a binary classifier. Scores may tie and may be any number but NaN; a label of true is fraud.</summary>
public static class BinaryMetrics
{
    private const double SmallestProbability = 1e-15;

    /// <summary>All metrics at once.</summary>
    /// <param name="probabilities">Scores, 0 to 1.</param>
    /// <param name="labels">True for fraud.</param>
    /// <param name="threshold">A row is called fraud from this probability on.</param>
    public static EvaluationMetrics Evaluate(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels, double threshold)
    {
        var ranking = Ranking.Of(probabilities, labels);
        return new EvaluationMetrics
        {
            Rows = labels.Length,
            Frauds = ranking.Positives,
            Auc = Auc(ranking),
            AveragePrecision = AveragePrecision(ranking),
            LogLoss = LogLoss(probabilities, labels),
            Threshold = threshold,
            Confusion = At(probabilities, labels, threshold),
        };
    }

    /// <summary>
    /// Area under the ROC curve: the probability that a random fraud scores above a random legitimate row, where a tie counts half.
    /// </summary>
    /// <param name="scores">Any scores.</param>
    /// <param name="labels">True for fraud.</param>
    /// <returns>0 to 1; NaN when only one class is present.</returns>
    public static double Auc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels) => Auc(Ranking.Of(scores, labels));

    /// <summary>
    /// Average precision: the precision at each distinct score from the highest down, weighted by the recall it adds. There is no
    /// interpolation.
    /// </summary>
    /// <param name="scores">Any scores.</param>
    /// <param name="labels">True for fraud.</param>
    /// <returns>0 to 1; NaN when there is no fraud.</returns>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels) =>
        AveragePrecision(Ranking.Of(scores, labels));

    /// <summary>Counts at a threshold.</summary>
    /// <param name="scores">Any scores.</param>
    /// <param name="labels">True for fraud.</param>
    /// <param name="threshold">A row is called fraud from this score on.</param>
    public static ConfusionMatrix At(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, double threshold)
    {
        CheckLengths(scores.Length, labels.Length);
        long truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            switch (scores[i] >= threshold, labels[i])
            {
                case (true, true):
                    truePositives++;
                    break;
                case (true, false):
                    falsePositives++;
                    break;
                case (false, true):
                    falseNegatives++;
                    break;
                default:
                    trueNegatives++;
                    break;
            }
        }

        return new ConfusionMatrix(truePositives, falsePositives, trueNegatives, falseNegatives);
    }

    /// <summary>Mean negative log-likelihood of the labels; probabilities are kept 1e-15 away from 0 and 1.</summary>
    /// <param name="probabilities">0 to 1.</param>
    /// <param name="labels">True for fraud.</param>
    /// <returns>0 or more; NaN without rows.</returns>
    public static double LogLoss(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        CheckLengths(probabilities.Length, labels.Length);
        var sum = 0.0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            var probability = Math.Clamp(probabilities[i], SmallestProbability, 1 - SmallestProbability);
            sum -= Math.Log(labels[i] ? probability : 1 - probability);
        }

        return sum / probabilities.Length;
    }

    /// <summary>
    /// The threshold that maximises F1: of all scores that occur, the one from which calling fraud gives the highest F1. Of several the
    /// highest, which raises the fewest alerts.
    /// </summary>
    /// <param name="scores">Any scores.</param>
    /// <param name="labels">True for fraud.</param>
    /// <returns>The threshold; NaN when there is no fraud.</returns>
    public static double BestF1Threshold(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var ranking = Ranking.Of(scores, labels);
        if (ranking.Positives == 0)
        {
            return double.NaN;
        }

        var (best, bestF1) = (double.NaN, -1.0);
        long seen = 0, found = 0;
        foreach (var group in ranking.Descending())
        {
            seen += group.Rows;
            found += group.Positives;
            var f1 = 2.0 * found / (seen + ranking.Positives);
            if (f1 > bestF1)
            {
                (best, bestF1) = (group.Score, f1);
            }
        }

        return best;
    }

    private static double Auc(Ranking ranking)
    {
        var negatives = ranking.Rows - ranking.Positives;
        if (ranking.Positives == 0 || negatives == 0)
        {
            return double.NaN;
        }

        // Counts pairs twice, so that half pairs stay whole numbers.
        long positivesAbove = 0;
        Int128 wonTwice = 0;
        foreach (var group in ranking.Descending())
        {
            var negativesHere = group.Rows - group.Positives;
            wonTwice += (Int128)negativesHere * ((2 * positivesAbove) + group.Positives);
            positivesAbove += group.Positives;
        }

        return (double)wonTwice / (2.0 * ranking.Positives * negatives);
    }

    private static double AveragePrecision(Ranking ranking)
    {
        if (ranking.Positives == 0)
        {
            return double.NaN;
        }

        long seen = 0, found = 0;
        var sum = 0.0;
        foreach (var group in ranking.Descending())
        {
            seen += group.Rows;
            found += group.Positives;
            sum += (double)found / seen * group.Positives;
        }

        return sum / ranking.Positives;
    }

    internal static void CheckLengths(int scores, int labels)
    {
        if (scores != labels)
        {
            throw new ArgumentException($"There are {scores} scores and {labels} labels; their numbers must be equal.");
        }
    }
}
