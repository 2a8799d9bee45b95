using System.Globalization;
using Levee.Features;
using Levee.Training;

namespace Levee.Bench.Quality;

/// <summary>
/// How well the default model finds fraud in the handbook's simulated data, by the handbook's protocol, beside a model of the handbook's 15
/// features with the settings that its authors found best for XGBoost.
/// </summary>
internal sealed class QualityBenchmark(BenchArguments arguments) : IBenchmark
{
    private const string FolderVariable = "LEVEE_SHARED_DATA";
    private const string FileName = "handbook-dev.csv.gz";
    private const int Resamples = 1_000;
    private const int Seed = 1;

    // The validation folds of the handbook.
    private static readonly BacktestProtocol Protocol = new() { TrainStart = new DateOnly(2018, 6, 20) };

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        var file = arguments.DataFile ?? Path.Combine(Environment.GetEnvironmentVariable(FolderVariable) ?? "", FileName);
        if (!File.Exists(file))
        {
            throw new BenchException(
                $"The quality benchmark needs the handbook's transactions, and there is no file {file}: name it with --data FILE, or set " +
                $"{FolderVariable} to the folder that holds {FileName}.");
        }

        try
        {
            Console.WriteLine($"Reading and folding {file}...");
            var data = await Task.Run(
                () => BacktestData.Load(file, new TransactionFileOptions { RequireLabels = true }, Protocol, FeatureList.Default, ct: stop), stop);
            Console.WriteLine("Training and testing the default model...");
            var levee = await Task.Run(() => Backtester.Run(data.Rows, Protocol, new TrainingOptions(), ct: stop), stop);
            Console.WriteLine("Training and testing the handbook's...");
            using var folder = new WorkFolder();
            var (handbook, version) = await HandbookPeer.RunAsync(arguments.Root, folder.Path, levee, Protocol, stop);
            return Summarize(measuredAt, data, Resample(levee), Resample(handbook), version);
        }
        catch (Exception exception) when (exception is TransactionFileException or TrainingDataException)
        {
            throw new BenchException(exception.Message);
        }
    }

    // The same seed in each fold of both sides: the same customers, so that differences are in pairs.
    private static QualitySide Resample(BacktestResult result) => new(
        result, [.. result.Folds.Select((fold, i) => new FoldBootstrap(fold, Protocol.CardsADay).Resample(Resamples, Seed + i))]);

    private static Report Summarize(
        DateTimeOffset measuredAt, BacktestData data, QualitySide levee, QualitySide handbook, string version)
    {
        var options = new TrainingOptions();
        return new Report
        {
            What = "quality",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                .. Lines("AP", fold => fold.AveragePrecision, one => one.AveragePrecision, 0.75, levee, handbook),
                .. Lines("AUC", fold => fold.Auc, one => one.Auc, 0.88, levee, handbook),
                .. Lines("CP@100", fold => fold.CardPrecision, one => one.CardPrecision, null, levee, handbook),
            ],
            Protocol =
            [
                string.Create(CultureInfo.InvariantCulture, $"Data: the simulated transactions of the Fraud-Detection-Handbook, {data.Folded:N0} folded, {data.Rejected.Count} rejected (amount 0); a merchant is the book's terminal."),
                "Prequential, four folds: train 7 days from the day that is named, 7 days of label delay, test 7 days. Left out of the test: customers with a fraud in the training, and for test day k those defrauded up to the day before the k-th after it.",
                "AP: average precision. AUC: area under the ROC curve. CP@100: share of the 100 most suspicious cards of a day that are defrauded; a card that was found leaves the days after.",
                string.Create(CultureInfo.InvariantCulture, $"Levee: the default feature list ({FeatureList.Default.Count} features) and the default training options ({options.Trees} trees, rate {options.LearningRate}, depth {options.MaxDepth}, {options.MaxBins} bins), LightGBM through ML.NET; one configuration for all folds. The options were chosen on training weeks from 2018-05-09 to 2018-06-05, whose tests end before these folds begin; the features were developed on these folds, and the handbook's test folds are not in the data."),
                $"Baseline: Python's XGBoost {version} with the handbook's 15 features and its best settings (50 trees, rate 0.3, depth 3), on the same rows.",
                $"In brackets: the middle 95 % of {Resamples:N0} resamples of the test's customers; differences are of the same resamples.",
                "The median of one is itself: a mean is over the four folds.",
            ],
        };
    }

    private static IEnumerable<Comparison> Lines(
        string name,
        Func<BacktestFold, double> value,
        Func<ResampledMetrics, double[]> resampled,
        double? must,
        QualitySide levee,
        QualitySide handbook)
    {
        for (var i = 0; i < levee.Result.Folds.Count; i++)
        {
            var day = UnixMicros.ToDateTimeOffset(levee.Result.Folds[i].Rows.FirstDay * UnixMicros.PerDay);
            yield return Comparison.Info(
                string.Create(CultureInfo.InvariantCulture, $"{name}, trained from {day:yyyy-MM-dd}"),
                Of(levee.Fold(i, value), levee.Fold(i, resampled)),
                Of(handbook.Fold(i, value), handbook.Fold(i, resampled)));
        }

        var mean = levee.Mean(value);
        yield return new Comparison
        {
            Name = $"{name}, mean",
            Levee = Of(mean, levee.Mean(resampled)),
            Baseline = Of(handbook.Mean(value), handbook.Mean(resampled)),
            Must = must is null ? null : string.Create(CultureInfo.InvariantCulture, $">= {must:0.00}"),
            Met = must is null ? null : mean >= must,
        };
        yield return Comparison.Info(
            $"{name}, mean, Levee less baseline",
            Of(mean - handbook.Mean(value), [.. levee.Mean(resampled).Zip(handbook.Mean(resampled), (ours, theirs) => ours - theirs)]));
    }

    private static Measure Of(double value, double[] resampled)
    {
        var (low, high) = ResampledMetrics.Interval(resampled);
        return new Measure("", [value]) { Decimals = 4, Interval = new Interval(low, high) };
    }
}
