using Levee.Models;

namespace Levee.Training;

/// <summary>Makes samples for evaluation from rows and their scores.</summary>
internal static class SampleFactory
{
    /// <summary>Name of the feature that holds the amount in the base currency.</summary>
    public const string Amount = "amount";

    /// <summary>A sample; amounts are 0 when no feature is the amount.</summary>
    public static EvaluationSample Of(
        IReadOnlyList<TrainingRow> rows, IReadOnlyList<string> featureNames, double[] scores, double threshold, double reviewCost)
    {
        var amount = featureNames.ToList().IndexOf(Amount);
        return new EvaluationSample
        {
            Scores = scores,
            Labels = [.. rows.Select(row => row.IsFraud)],
            Amounts = [.. rows.Select(row => amount < 0 || float.IsNaN(row.Features[amount]) ? 0 : (double)row.Features[amount])],
            Days = [.. rows.Select(ModelScorer.DayOf)],
            Cards = [.. rows.Select(row => row.CustomerId)],
            Threshold = threshold,
            ReviewCost = reviewCost,
        };
    }
}
