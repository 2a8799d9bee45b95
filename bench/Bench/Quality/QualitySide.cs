using Levee.Training;

namespace Levee.Bench.Quality;

/// <summary>One model on all folds, with its resamples.</summary>
internal sealed record QualitySide(BacktestResult Result, IReadOnlyList<ResampledMetrics> Resampled)
{
    public double Fold(int fold, Func<BacktestFold, double> value) => value(Result.Folds[fold]);

    public double[] Fold(int fold, Func<ResampledMetrics, double[]> values) => values(Resampled[fold]);

    public double Mean(Func<BacktestFold, double> value) => Result.Folds.Average(value);

    public double[] Mean(Func<ResampledMetrics, double[]> values) =>
        [.. Enumerable.Range(0, values(Resampled[0]).Length).Select(n => Resampled.Average(fold => values(fold)[n]))];
}
