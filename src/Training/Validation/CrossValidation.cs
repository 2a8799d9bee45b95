using Levee.Models;

namespace Levee.Training;

/// <summary>Runs candidates over folds by time.</summary>
internal sealed class CrossValidation(IReadOnlyList<TrainingRow> rows, IReadOnlyList<TimeFold> folds)
{
    private const int CardsADay = 100;

    /// <summary>The folds.</summary>
    public IReadOnlyList<TimeFold> Folds => folds;

    /// <summary>Trains and scores a candidate on every fold.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="goesOn">Asked after each fold but the last, with the results so far; null to go on always.</param>
    /// <param name="ct">Stops between fits.</param>
    public CrossValidationResult Run(ICandidate candidate, Func<IReadOnlyList<FoldMetrics>, bool>? goesOn, CancellationToken ct)
    {
        var metrics = new List<FoldMetrics>();
        var outOfFold = new List<(int Row, double Score)>();
        foreach (var fold in folds)
        {
            var train = TimeSplit.Take(rows, fold.Train);
            var validation = TimeSplit.Take(rows, fold.Validation);
            var scores = candidate.FitAndScore(train, validation, ct);
            var offset = fold.Validation.GetOffsetAndLength(rows.Count).Offset;
            outOfFold.AddRange(scores.Select((score, i) => (offset + i, score)));
            metrics.Add(Measure(train, validation, scores));
            if (metrics.Count < folds.Count && goesOn?.Invoke(metrics) == false)
            {
                break;
            }
        }

        return new CrossValidationResult(candidate.Name, metrics) { OutOfFold = outOfFold };
    }

    private static FoldMetrics Measure(IReadOnlyList<TrainingRow> train, IReadOnlyList<TrainingRow> validation, double[] scores)
    {
        var labels = validation.Select(row => row.IsFraud).ToArray();
        var days = validation.Select(ModelScorer.DayOf).ToArray();
        var cards = validation.Select(row => row.CustomerId).ToArray();
        return new FoldMetrics(
            train.Count,
            validation.Count,
            labels.Count(label => label),
            BinaryMetrics.Auc(scores, labels),
            BinaryMetrics.AveragePrecision(scores, labels),
            CardPrecision.AtK(days, cards, scores, labels, CardsADay));
    }
}
