using System.Globalization;
using Levee.Models;

namespace Levee.Training;

/// <summary>A decision threshold and how it came about.</summary>
/// <param name="Threshold">Probability from which a transaction is called fraud.</param>
/// <param name="Rule">The rule in words.</param>
internal sealed record ThresholdChoice(double Threshold, string Rule)
{
    /// <summary>A threshold above every probability: nothing is called fraud.</summary>
    private const double Nothing = 1;

    /// <summary>Chooses by the rule on calibrated scores of rows that their models were not trained on.</summary>
    /// <param name="sample">The rows.</param>
    /// <param name="options">The rule and its figures.</param>
    public static ThresholdChoice Of(EvaluationSample sample, TrainingOptions options) => options.ThresholdRule switch
    {
        ThresholdRule.Cost => new ThresholdChoice(
            MostSaved(sample, options.ReviewCost),
            string.Create(CultureInfo.InvariantCulture, $"most money saved on the folds when looking at an alert costs {options.ReviewCost}")),
        ThresholdRule.AlertsPerDay => new ThresholdChoice(
            AtMostAlerts(sample, options.AlertsPerDay),
            string.Create(CultureInfo.InvariantCulture, $"at most {options.AlertsPerDay} alerts a day on the folds")),
        _ => new ThresholdChoice(BinaryMetrics.BestF1Threshold(sample.Scores, sample.Labels), "highest F1 on the folds"),
    };

    // Of equally good thresholds the highest, which raises the fewest alerts.
    private static double MostSaved(EvaluationSample sample, double reviewCost)
    {
        var (best, most, saved) = (Nothing, 0.0, 0.0);
        foreach (var group in Descending(sample))
        {
            saved += group.Sum(row => (sample.Labels[row] ? sample.Amounts[row] : 0) - reviewCost);
            if (saved > most)
            {
                (best, most) = (group.Key, saved);
            }
        }

        return best;
    }

    private static double AtMostAlerts(EvaluationSample sample, double alertsPerDay)
    {
        var most = alertsPerDay * sample.Days.Distinct().Count();
        var (threshold, alerts) = (Nothing, 0);
        foreach (var group in Descending(sample))
        {
            alerts += group.Count();
            if (alerts > most)
            {
                break;
            }

            threshold = group.Key;
        }

        return threshold;
    }

    private static IOrderedEnumerable<IGrouping<double, int>> Descending(EvaluationSample sample) =>
        Enumerable.Range(0, sample.Count).GroupBy(row => sample.Scores[row]).OrderByDescending(group => group.Key);
}
