using System.Globalization;
using System.Text;
using System.Text.Json;
using Levee.Features;

namespace Levee.Training.Tests.Backtest;

public sealed class BacktesterTests : IDisposable
{
    private static readonly BacktestProtocol Protocol = new()
    {
        TrainStart = new DateOnly(2026, 1, 15),
        TrainDays = 5,
        DelayDays = 3,
        TestDays = 4,
        StepDays = 6,
        Folds = 2,
    };

    private static readonly List<Transaction> Transactions = [.. SyntheticTransactions.Make(6_000, 40, seed: 5)
        .Select((transaction, i) => transaction with { CustomerId = 1 + (i % 300), IsFraud = transaction.BaseCents > 45_000 && i % 3 == 0 })];

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void The_default_model_finds_frauds_that_can_be_found_and_says_so_in_json()
    {
        var result = Backtester.Run(Load(Transactions).Rows, Protocol, new TrainingOptions());

        Assert.Equal(2, result.Folds.Count);
        Assert.InRange(result.Auc.Mean, 0.85, 1);
        using var json = JsonDocument.Parse(result.ToJson(Protocol));
        Assert.Equal(["auc", "average_precision", "card_precision_100", "folds"], json.RootElement.EnumerateObject().Select(one => one.Name));
        Assert.Equal(["mean", "std"], json.RootElement.GetProperty("auc").EnumerateObject().Select(one => one.Name));
        Assert.Equal(result.AveragePrecision.Mean, json.RootElement.GetProperty("average_precision").GetProperty("mean").GetDouble());
        Assert.Equal("2026-01-21", json.RootElement.GetProperty("folds")[1].GetProperty("train_start").GetString());
        Assert.Equal(result.Folds.Average(fold => fold.CardPrecision), result.CardPrecision.Mean, 1e-12);
    }

    [Fact]
    public void Shuffled_labels_cannot_be_found()
    {
        // The labels of the amounts are given to others, so that no feature knows anything.
        var random = new Random(3);
        var shuffled = Transactions.Select(transaction => transaction with { IsFraud = random.Next(15) == 0 }).ToList();
        var result = Backtester.Run(Load(shuffled).Rows, Protocol, new TrainingOptions());
        Assert.InRange(result.Auc.Mean, 0.38, 0.62);
    }

    [Fact]
    public void A_file_out_of_order_gives_the_same_vectors_as_the_sorted_one()
    {
        var inOrder = Load(Transactions);
        var shuffled = Transactions.ToArray();
        new Random(1).Shuffle(shuffled);
        var sorted = Load([.. shuffled]);

        Assert.False(inOrder.WasSorted);
        Assert.True(sorted.WasSorted);
        Assert.Equal(inOrder.Folded, sorted.Folded);
        Assert.Equal(inOrder.Rows.Count, sorted.Rows.Count);
        Assert.All(inOrder.Rows.Zip(sorted.Rows), pair =>
        {
            Assert.Equal(pair.First.TransactionId, pair.Second.TransactionId);
            Assert.Equal(pair.First.Features.Select(BitConverter.SingleToInt32Bits), pair.Second.Features.Select(BitConverter.SingleToInt32Bits));
        });
    }

    [Fact]
    public void Vectors_are_those_of_the_grains_windows_and_no_later_day_changes_them()
    {
        var rows = Load(Transactions).Rows;
        var expected = TrainingSetBuilder.Build(
            Transactions, new Dictionary<Guid, LabelHistory>(), long.MaxValue, FeatureList.Default, out _, new TrainingSetOptions { RowsFromMicros = Protocol.StartMicros });
        Assert.Equal(expected.Count(row => row.EventTimeMicros < Protocol.EndMicros), rows.Count);
        Assert.All(rows.Zip(expected), pair =>
            Assert.Equal(pair.Second.Features.Select(BitConverter.SingleToInt32Bits), pair.First.Features.Select(BitConverter.SingleToInt32Bits)));

        var until = rows[rows.Count / 2].EventTimeMicros;
        var planted = Load([.. Transactions.Select(one => one.EventTimeMicros <= until ? one : one with { IsFraud = true, Amount = 9_999 })]).Rows;
        Assert.All(rows.Zip(planted).Where(pair => pair.First.EventTimeMicros <= until), pair =>
            Assert.Equal(pair.First.Features.Select(BitConverter.SingleToInt32Bits), pair.Second.Features.Select(BitConverter.SingleToInt32Bits)));
    }

    [Fact]
    public void Only_the_asked_columns_are_trained_on()
    {
        var rows = Load(Transactions).Rows;
        var hour = FeatureList.Default.Features.Select((feature, i) => (feature.Name, i)).Single(one => one.Name == "hour_of_day").i;
        Assert.InRange(Backtester.Run(rows, Protocol, new TrainingOptions(), [hour]).Auc.Mean, 0.35, 0.65);
    }

    [Fact]
    public void Folds_without_rows_or_frauds_are_explained()
    {
        var rows = Load(Transactions).Rows;
        var beyond = Assert.Throws<TrainingDataException>(() => Backtester.Run(rows, Protocol with { Folds = 9 }, new TrainingOptions()));
        Assert.Contains("no row", beyond.Message, StringComparison.Ordinal);
        Assert.Contains("2026-01-15", beyond.Message, StringComparison.Ordinal);
        var honest = Assert.Throws<TrainingDataException>(
            () => Backtester.Run([.. rows.Select(row => row with { IsFraud = false })], Protocol, new TrainingOptions()));
        Assert.Contains("Fold 1", honest.Message, StringComparison.Ordinal);
        Assert.Contains("no fraud", honest.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Backtester.Run(rows, Protocol with { StepDays = 0 }, new TrainingOptions()));
    }

    [Fact]
    public void Every_customer_once_is_the_fold_itself_and_resamples_scatter_around_it()
    {
        var fold = Backtester.Run(Load(Transactions).Rows, Protocol, new TrainingOptions { Trees = 5 }).Folds[0];
        var bootstrap = new FoldBootstrap(fold, 10);
        var once = Enumerable.Repeat(1, fold.Rows.Test.Select(row => row.CustomerId).Distinct().Count()).ToArray();
        var labels = fold.Rows.Test.Select(row => row.IsFraud).ToArray();

        Assert.Equal(fold.Auc, bootstrap.Ranking(once).Auc, 1e-12);
        Assert.Equal(fold.AveragePrecision, bootstrap.Ranking(once).AveragePrecision, 1e-12);
        Assert.Equal(
            Models.CardPrecision.AtK(
                [.. fold.Rows.Test.Select(row => UnixMicros.Floor(row.EventTimeMicros, UnixMicros.PerDay))],
                [.. fold.Rows.Test.Select(row => row.CustomerId)],
                fold.Scores,
                labels,
                10),
            bootstrap.CardPrecision(once),
            1e-12);

        var (low, high) = ResampledMetrics.Interval(bootstrap.Resample(300, 1).AveragePrecision);
        Assert.InRange(fold.AveragePrecision, low, high);
        Assert.NotEqual(low, high);
        Assert.Equal(bootstrap.Resample(5, 9).Auc, new FoldBootstrap(fold, 10).Resample(5, 9).Auc);
    }

    [Theory]
    [InlineData(new[] { 1.0 }, 1, 0)]
    [InlineData(new[] { 1.0, 3.0 }, 2, 1)]
    public void Summaries_are_mean_and_deviation_over_folds(double[] values, double mean, double std) =>
        Assert.Equal(new MetricSummary(mean, std), MetricSummary.Of(values));

    private BacktestData Load(IReadOnlyList<Transaction> transactions)
    {
        var text = new StringBuilder("transaction_id,customer_id,merchant_id,amount,timestamp,is_fraud,country\n");
        foreach (var one in transactions)
        {
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{one.TransactionId},{one.CustomerId},{one.MerchantId},{one.Amount},{TransactionJson.FormatTime(one.EventTimeMicros)},{(one.IsFraud == true ? 1 : 0)},{one.Country}"));
        }

        File.WriteAllText(_path, text.ToString());
        return BacktestData.Load(_path, new TransactionFileOptions { RequireLabels = true, Clock = new Later() }, Protocol, FeatureList.Default);
    }

    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
