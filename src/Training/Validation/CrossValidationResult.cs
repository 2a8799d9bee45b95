namespace Levee.Training;

/// <summary>How a candidate did on the folds.</summary>
/// <param name="Candidate">Its name.</param>
/// <param name="Folds">Each fold's metrics, in the order of time.</param>
public sealed record CrossValidationResult(string Candidate, IReadOnlyList<FoldMetrics> Folds)
{
    /// <summary>Mean average precision of the folds; NaN without folds.</summary>
    public double MeanAveragePrecision => Mean(fold => fold.AveragePrecision);

    /// <summary>Standard deviation of the folds' average precision; NaN with fewer than two.</summary>
    public double AveragePrecisionDeviation => Deviation(fold => fold.AveragePrecision);

    /// <summary>Mean AUC of the folds; NaN without folds.</summary>
    public double MeanAuc => Mean(fold => fold.Auc);

    /// <summary>Standard deviation of the folds' AUC; NaN with fewer than two.</summary>
    public double AucDeviation => Deviation(fold => fold.Auc);

    /// <summary>Mean card precision at 100 of the folds; NaN without folds.</summary>
    public double MeanCardPrecisionAt100 => Mean(fold => fold.CardPrecisionAt100);

    /// <summary>Scores of the validation rows by their models, by position in the rows; for calibration and threshold.</summary>
    internal IReadOnlyList<(int Row, double Score)> OutOfFold { get; init; } = [];

    private double Mean(Func<FoldMetrics, double> metric) => Folds.Count == 0 ? double.NaN : Folds.Average(metric);

    private double Deviation(Func<FoldMetrics, double> metric)
    {
        var mean = Mean(metric);
        return Folds.Count < 2 ? double.NaN : Math.Sqrt(Folds.Sum(fold => Math.Pow(metric(fold) - mean, 2)) / (Folds.Count - 1));
    }
}
