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
    private const int Resamples = 1_000;
    private const int ResampleSeed = 1;
    private const int FirstSeed = 42;

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

        OpenMp.TrainingComesFirst();
        Console.WriteLine($"Reading {file} and computing its features...");
        var data = TrainData.Read(file);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{data.Train.Count:N0} training rows, {data.Test.Count:N0} test rows, {data.Columns} features"));
        using var folder = new WorkFolder();
        await using var peer = await TrainerPeer.StartAsync(arguments.Root, folder.Data, data, Options, stop);

        var rows = new PrequentialFold { Number = 0, FirstDay = 0, Train = data.Train, Test = data.Test, LeftOut = 0 };
        var (levee, baseline, alike) = (new TrainedSide(rows), new TrainedSide(rows), new TrainedSide(rows));
        Fit(data, FirstSeed, stop);
        await peer.TrainAsync(FirstSeed, null, stop);
        for (var round = 1; round <= arguments.Rounds; round++)
        {
            var seed = FirstSeed + round - 1;
            var (trees, seconds) = Fit(data, seed, stop);
            levee.Add(seconds, ModelScorer.Score(trees, data.Test));
            Add(baseline, await peer.TrainAsync(seed, null, stop));
            Add(alike, await peer.TrainAsync(seed, data.Train.Count(row => row.IsFraud) / (double)data.Train.Count, stop));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round}: Levee {seconds:0.00} s, AP {levee.AveragePrecision[^1]:0.0000}; " +
                $"XGBoost {baseline.Seconds[^1]:0.00} s, AP {baseline.AveragePrecision[^1]:0.0000}"));
        }

        return Summarize(measuredAt, data, peer.Version, levee, baseline, alike);
    }

    private static void Add(TrainedSide side, TrainedPeer trained) => side.Add(trained.Seconds, trained.Scores);

    private static (TreeEnsemble Trees, double Seconds) Fit(TrainData data, int seed, CancellationToken stop)
    {
        var options = TrainingParameters.With(Options, [new(nameof(TrainingOptions.Seed), seed.ToString(CultureInfo.InvariantCulture))]);
        GC.Collect();
        var started = TimeProvider.System.GetTimestamp();
        var trees = ModelTrainer.FitTrees(data.Train, data.Columns, options, stop);
        return (trees, TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }

    private static Report Summarize(
        DateTimeOffset measuredAt, TrainData data, string version, TrainedSide levee, TrainedSide baseline, TrainedSide alike)
    {
        var (ours, theirs, started) = (
            levee.Resample(Resamples, ResampleSeed), baseline.Resample(Resamples, ResampleSeed), alike.Resample(Resamples, ResampleSeed));
        var (low, high) = ResampledMetrics.Interval(ours.Zip(theirs, (one, other) => one - other));
        var gain = levee.AveragePrecision.Average() - baseline.AveragePrecision.Average();
        return new Report
        {
            What = "train",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                Comparison.NoSlower("training time", new Measure("s", levee.Seconds), new Measure("s", baseline.Seconds)),
                Comparison.Info("average precision, mean of the seeds", Of(levee.AveragePrecision, ours), Of(baseline.AveragePrecision, theirs)),
                new Comparison
                {
                    Name = "average precision, Levee less baseline, paired",
                    Levee = new Measure("", [gain]) { Decimals = 4, Interval = new Interval(low, high) },
                    Must = string.Create(CultureInfo.InvariantCulture, $"interval > {LeastGain:0.00}"),
                    Met = low > LeastGain,
                },
                Comparison.Info(
                    "average precision, baseline started from the share of frauds as LightGBM is",
                    Of(levee.AveragePrecision, ours),
                    Of(alike.AveragePrecision, started)),
                Comparison.Info(
                    "AUC, mean of the seeds",
                    new Measure("", [levee.Auc.Average()]) { Decimals = 4 },
                    new Measure("", [baseline.Auc.Average()]) { Decimals = 4 }),
            ],
            Protocol =
            [
                string.Create(CultureInfo.InvariantCulture,
                    $"{data.Train.Count:N0} training rows of 30 days, {data.Columns} features; {data.Test.Count:N0} test rows of the last week, the label delay of 7 days between."),
                "Levee: LightGBM through ML.NET, from feature vectors in memory to compiled trees, " +
                "in a process that is there to train, as `levee train` is.",
                $"Baseline: XGBoost {version}, hist on a QuantileDMatrix, from arrays in memory to the booster, in a Python process that has loaded all before.",
                string.Create(CultureInfo.InvariantCulture,
                    $"Both: {Options.Trees} trees of depth {Options.MaxDepth} and {Options.Leaves} leaves, learning rate {Options.LearningRate}, rows and columns sampled at {Options.Subsample}, {Options.MaxBins} bins, {Options.Threads} threads; in turn, after one training each to warm up, each round with its own seed."),
                $"What XGBoost does not have keeps Levee's default: {Options.MinRowsPerLeaf} rows in a leaf at least. " +
                $"What ML.NET does not leave open: LightGBM starts from the share of frauds, where XGBoost {version} starts from 0.5. The line for information shows how much of the difference that is; " +
                "the must is against XGBoost as it comes.",
                $"In brackets: the middle 95 % of {Resamples:N0} resamples of the test's customers, the same customers for both. " +
                "On each, the average precisions of all seeds' models are averaged: a single seed moves the figure by as much as the two differ.",
            ],
        };
    }

    private static Measure Of(double[] seeds, double[] resampled)
    {
        var (low, high) = ResampledMetrics.Interval(resampled);
        return new Measure("", [seeds.Average()]) { Decimals = 4, Interval = new Interval(low, high) };
    }
}
