using Levee.Training;

namespace Levee.Bench.Train;

/// <summary>One trainer's models, one a seed, on the same test rows. What a seed does by chance is averaged out of the intervals.</summary>
internal sealed class TrainedSide(PrequentialFold rows)
{
    // The metrics that are compared do not look at single cards of a day.
    private static readonly BacktestProtocol Protocol = new() { TrainStart = default };

    private readonly List<BacktestFold> _models = [];

    /// <summary>Seconds of each training.</summary>
    public List<double> Seconds { get; } = [];

    public double[] Auc => [.. _models.Select(model => model.Auc)];

    public double[] AveragePrecision => [.. _models.Select(model => model.AveragePrecision)];

    public void Add(double seconds, double[] scores)
    {
        Seconds.Add(seconds);
        _models.Add(BacktestFold.Of(rows, scores, Protocol));
    }

    /// <summary>The mean of the models' average precisions on each resample of the test's customers; the same seed draws the same customers.</summary>
    public double[] Resample(int resamples, int seed)
    {
        var drawn = _models.Select(model => new FoldBootstrap(model, Protocol.CardsADay).Resample(resamples, seed).AveragePrecision).ToList();
        return [.. Enumerable.Range(0, resamples).Select(n => drawn.Average(model => model[n]))];
    }
}
