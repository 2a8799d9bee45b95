using System.Globalization;
using Levee.Models;
using Levee.Training;

namespace Levee.Bench.Train;

/// <summary>
/// Training time and average precision of LightGBM through ML.NET against XGBoost's hist method: same rows, parameters, bins and threads. The
/// two take turns, each from rows in memory to a model.
/// </summary>
internal sealed class TrainBenchmark(BenchArguments arguments) : IBenchmark
{
    private const double LeastGain = -0.01;
    private const int BootstrapRounds = 500;
    private const int Seed = 42;

    // The reference's parameters for both. XGBoost grows all of a level, so LightGBM gets as many leaves as the depth allows; what XGBoost
    // does not have keeps Levee's default.
    private static readonly TrainingOptions Options = new()
    {
        Trees = 100,
        MaxDepth = 6,
        Leaves = 64,
        LearningRate = 0.1,
        Subsample = 0.8,
        ColumnSample = 0.8,
        MinChildWeight = 1,
        L2 = 1,
        L1 = 0,
        MaxBins = 1023,
        PositiveWeight = 1,
        Threads = 2,
        Seed = Seed,
    };

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        if (arguments.DataFile is not { } file)
        {
            throw new BenchException("train needs transactions: give --data FILE, CSV or CSV.gz with the product's columns.", ExitCodes.NotMeasured);
        }

        if (!File.Exists(file))
        {
            throw new BenchException($"There is no file {file} to train on.", ExitCodes.NotMeasured);
        }

        Console.WriteLine($"Reading {file} and computing its features...");
        var data = TrainData.Read(file);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{data.Train.Count:N0} training rows, {data.Test.Count:N0} test rows, {data.Columns} features"));
        using var folder = new WorkFolder();
        await using var peer = await TrainerPeer.StartAsync(arguments.Root, folder.Data, data, Options, stop);

        var (levee, baseline) = (new List<double>(), new List<double>());
        var (trees, _) = Fit(data, stop);
        await peer.TrainAsync(stop);
        for (var round = 1; round <= arguments.Rounds; round++)
        {
            levee.Add(Fit(data, stop).Seconds);
            baseline.Add(await peer.TrainAsync(stop));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: Levee {levee[^1]:0.00} s, XGBoost {baseline[^1]:0.00} s"));
        }

        return Summarize(measuredAt, data, peer.Version, levee, baseline, ModelScorer.Score(trees, data.Test), await peer.ScoreAsync(stop));
    }

    private static (TreeEnsemble Trees, double Seconds) Fit(TrainData data, CancellationToken stop)
    {
        GC.Collect();
        var started = TimeProvider.System.GetTimestamp();
        var trees = ModelTrainer.FitTrees(data.Train, data.Columns, Options, stop);
        return (trees, TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }

    private static Report Summarize(
        DateTimeOffset measuredAt, TrainData data, string version, List<double> levee, List<double> baseline, double[] scores, double[] others)
    {
        var sample = new EvaluationSample
        {
            Scores = scores,
            Labels = [.. data.Test.Select(row => row.IsFraud)],
            Amounts = new double[data.Test.Count],
            Days = [.. data.Test.Select(row => row.EventTimeMicros / 86_400_000_000)],
            Cards = [.. data.Test.Select(row => row.CustomerId)],
            Threshold = 0.5,
            ReviewCost = 0,
        };
        var other = sample with { Scores = others };
        var gain = Bootstrap.Compare(sample, other, BootstrapRounds, Seed);
        var precision = gain[MetricNames.AveragePrecision];
        return new Report
        {
            What = "train",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                Comparison.NoSlower("training time", new Measure("s", levee), new Measure("s", baseline)),
                Comparison.Info(
                    "average precision",
                    new Measure("", [BinaryMetrics.AveragePrecision(scores, sample.Labels)]),
                    new Measure("", [BinaryMetrics.AveragePrecision(others, sample.Labels)])),
                Comparison.Above("average precision gained, lower end of the paired 95 % interval", new Measure("", [precision.Low]), LeastGain),
                Comparison.Info("average precision gained, upper end", new Measure("", [precision.High])),
                Comparison.Info(
                    "AUC",
                    new Measure("", [BinaryMetrics.Auc(scores, sample.Labels)]),
                    new Measure("", [BinaryMetrics.Auc(others, sample.Labels)])),
            ],
            Protocol =
            [
                string.Create(CultureInfo.InvariantCulture,
                    $"{data.Train.Count:N0} training rows of 30 days, {data.Columns} features; {data.Test.Count:N0} test rows of the last week, the label delay of 7 days between."),
                "Levee: LightGBM through ML.NET, from feature vectors in memory to compiled trees.",
                $"Baseline: XGBoost {version}, hist on a QuantileDMatrix, from arrays in memory to the booster, in a Python process that has loaded all before.",
                string.Create(CultureInfo.InvariantCulture,
                    $"Both: {Options.Trees} trees of depth {Options.MaxDepth} and {Options.Leaves} leaves, learning rate {Options.LearningRate}, rows and columns sampled at {Options.Subsample}, {Options.MaxBins} bins, {Options.Threads} threads; in turn, after one training each to warm up."),
                $"Interval: {BootstrapRounds} bootstrap rounds over customers, the same customers for both models.",
            ],
        };
    }
}
