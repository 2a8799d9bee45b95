namespace Levee.Training.Tests;

public sealed class TrainingDataTests
{
    [Fact]
    public void No_row_lies_in_the_gap_and_the_test_is_the_latest_period()
    {
        var rows = SyntheticRows.Make(10_000, 40);
        var options = new TrainingOptions();
        var split = TimeSplit.Of(rows, options);
        var train = TimeSplit.Take(rows, split.Train);
        var test = TimeSplit.Take(rows, split.Test);

        Assert.True(test[0].EventTimeMicros - train[^1].EventTimeMicros >= 7 * SyntheticRows.Day);
        Assert.Equal(rows[^1], test[^1]);
        Assert.True(test[^1].EventTimeMicros - test[0].EventTimeMicros < 7 * SyntheticRows.Day);
        Assert.Equal(rows.Count(r => r.EventTimeMicros < split.TrainEndMicros), train.Count);
        Assert.Equal(rows.Count(r => r.EventTimeMicros >= split.TestStartMicros), test.Count);
    }

    [Fact]
    public void Rows_whose_label_is_not_mature_are_left_out()
    {
        var rows = SyntheticRows.Make(10_000, 40);
        var asOf = rows[^1].EventTimeMicros;
        var split = TimeSplit.Of(rows, new TrainingOptions { AsOfMicros = asOf });

        Assert.Equal(asOf - (7 * SyntheticRows.Day), split.TestEndMicros);
        Assert.All(TimeSplit.Take(rows, split.Test), r => Assert.True(r.EventTimeMicros + (7 * SyntheticRows.Day) <= asOf));
        Assert.True(split.TestStartMicros - split.TrainEndMicros == 7 * SyntheticRows.Day);
    }

    [Fact]
    public void Too_few_rows_are_a_clear_error() =>
        AssertFails(SyntheticRows.Make(500, 40), "training rows");

    [Fact]
    public void No_rows_are_a_clear_error() =>
        AssertFails([], "no transaction");

    [Fact]
    public void A_period_too_short_for_the_gap_is_a_clear_error() =>
        AssertFails(SyntheticRows.Make(10_000, 10), "0 training rows");

    [Fact]
    public void Only_legitimate_rows_are_a_clear_error() =>
        AssertFails([.. SyntheticRows.Make(5_000, 40).Select(r => r with { IsFraud = false })], "0 frauds");

    [Fact]
    public void Only_frauds_are_a_clear_error() =>
        AssertFails([.. SyntheticRows.Make(5_000, 40).Select(r => r with { IsFraud = true })], "legitimate transactions are needed");

    [Fact]
    public void Rows_out_of_order_are_a_clear_error()
    {
        var rows = SyntheticRows.Make(5_000, 40);
        (rows[10], rows[4_000]) = (rows[4_000], rows[10]);
        AssertFails(rows, "time order");
    }

    [Fact]
    public void A_vector_of_another_length_is_a_clear_error()
    {
        var rows = SyntheticRows.Make(5_000, 40);
        rows[3] = rows[3] with { Features = [1, 2] };
        AssertFails(rows, "has 2 features");
    }

    [Fact]
    public void An_infinite_value_is_a_clear_error_naming_row_and_feature()
    {
        var rows = SyntheticRows.Make(5_000, 40);
        rows[3] = rows[3] with { Features = [float.NegativeInfinity, .. rows[3].Features[1..]] };
        AssertFails(rows, $"Row {rows[3].TransactionId}: '{SyntheticRows.Names[0]}' is infinite");
    }

    [Theory]
    [InlineData(5f)]
    [InlineData(float.NaN)]
    public void Columns_that_are_all_constant_are_a_clear_error(float value)
    {
        var constant = Enumerable.Repeat(value, SyntheticRows.Columns).ToArray();
        AssertFails([.. SyntheticRows.Make(5_000, 40).Select(row => row with { Features = constant })], "constant");
    }

    [Theory]
    [InlineData(0, 0.1, 1023)]
    [InlineData(100, 0, 1023)]
    [InlineData(100, 1.5, 1023)]
    [InlineData(100, 0.1, 1)]
    public void Options_out_of_range_are_refused(int trees, double learningRate, int bins)
    {
        var options = new TrainingOptions { Trees = trees, LearningRate = learningRate, MaxBins = bins };
        Assert.Throws<ArgumentOutOfRangeException>(options.Validate);
    }

    [Fact]
    public void Columns_that_are_constant_or_always_missing_do_no_harm()
    {
        var rows = SyntheticRows.Make(8_000, 40)
            .Select(r => r with { Features = [.. r.Features[..^1], float.NaN] })
            .ToList();
        var outcome = Train(rows);

        Assert.True(outcome.Test.Auc > 0.7);
        Assert.DoesNotContain(outcome.Artifact.Trees!.Trees.SelectMany(t => t.Splits), s => s.Feature == SyntheticRows.Columns - 1);
    }

    private static void AssertFails(IReadOnlyList<TrainingRow> rows, string expected) =>
        Assert.Contains(expected, Assert.Throws<TrainingDataException>(() => Train(rows)).Message, StringComparison.Ordinal);

    private static TrainingOutcome Train(IReadOnlyList<TrainingRow> rows) =>
        new ModelTrainer().Train(rows, SyntheticRows.Names, SyntheticRows.Hash, new TrainingOptions { Trees = 20, ProbeRows = 500 });
}
