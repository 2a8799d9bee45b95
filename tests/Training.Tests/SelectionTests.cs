using Levee.Models;

namespace Levee.Training.Tests;

public sealed class SelectionTests
{
    private static readonly List<TrainingRow> Rows = SyntheticRows.Make(12_000, 60);

    private static TrainingOptions Small => new() { Trees = 15, Leaves = 7, ProbeRows = 200 };

    [Fact]
    public void A_fold_is_scored_by_a_model_of_rows_before_it_less_the_label_delay()
    {
        var folds = TimeFolds.Of(Rows, 5, TimeSpan.FromDays(7), out var keepsDelay);

        Assert.True(keepsDelay);
        Assert.Equal(5, folds.Count);
        var end = 0;
        foreach (var fold in folds)
        {
            var train = TimeSplit.Take(Rows, fold.Train);
            var validation = TimeSplit.Take(Rows, fold.Validation);
            Assert.True(validation[0].EventTimeMicros - train[^1].EventTimeMicros >= 7 * SyntheticRows.Day);
            Assert.True(end == 0 || fold.Validation.Start.Value == end, "the folds leave no gap between them");
            end = fold.Validation.End.Value;
        }

        Assert.Equal(Rows.Count, end);
    }

    [Fact]
    public void A_period_too_short_for_the_delay_is_cut_without_it_and_says_so()
    {
        var week = SyntheticRows.Make(3_000, 7);

        Assert.Equal(5, TimeFolds.Of(week, 5, TimeSpan.FromDays(7), out var keepsDelay).Count);
        Assert.False(keepsDelay);
        Assert.Empty(TimeFolds.Of([.. week.Select(row => row with { IsFraud = false })], 5, TimeSpan.FromDays(7), out _));
        Assert.Empty(TimeFolds.Of([], 5, TimeSpan.FromDays(7), out _));
    }

    [Fact]
    public void A_threshold_for_alerts_a_day_keeps_to_them_and_one_for_cost_saves_most()
    {
        var sample = new EvaluationSample
        {
            Scores = [0.9, 0.8, 0.8, 0.5, 0.4, 0.1],
            Labels = [true, false, true, false, true, false],
            Amounts = [10, 100, 30, 1, 50, 1],
            Days = [1, 1, 2, 2, 1, 2],
            Cards = [1, 2, 3, 4, 5, 6],
            Threshold = 0,
            ReviewCost = 0,
        };

        // Two days: 3 alerts down to 0.8, 4 down to 0.5.
        Assert.Equal(0.8, Choose(new TrainingOptions { ThresholdRule = ThresholdRule.AlertsPerDay, AlertsPerDay = 1.9 }));
        Assert.Equal(0.5, Choose(new TrainingOptions { ThresholdRule = ThresholdRule.AlertsPerDay, AlertsPerDay = 2 }));
        Assert.Equal(1, Choose(new TrainingOptions { ThresholdRule = ThresholdRule.AlertsPerDay, AlertsPerDay = 0.1 }));

        // Saved at a review cost of 15: -5 at 0.9, -5 at 0.8, -20 at 0.5, 15 at 0.4, 0 at 0.1; at 60 nothing pays.
        Assert.Equal(0.4, Choose(new TrainingOptions { ThresholdRule = ThresholdRule.Cost, ReviewCost = 15 }));
        Assert.Equal(1, Choose(new TrainingOptions { ThresholdRule = ThresholdRule.Cost, ReviewCost = 60 }));
        Assert.Equal(0.4, Choose(new TrainingOptions()));

        double Choose(TrainingOptions options) => ThresholdChoice.Of(sample, options).Threshold;
    }

    [Fact]
    public void Weighted_classes_are_calibrated_back_and_the_artifact_keeps_the_map()
    {
        var weighted = Train(new TrainingOptions { Trees = 30, PositiveWeight = 20, ProbeRows = 200 });
        var plain = Train(new TrainingOptions { Trees = 30, PositiveWeight = 20, Calibration = CalibrationMethod.None, ProbeRows = 200 });
        var copy = ModelArtifact.FromBytes(weighted.Artifact.ToBytes(), SyntheticRows.Hash);
        var test = TimeSplit.Take(Rows, weighted.Split.Test);

        Assert.NotEqual("none", weighted.Artifact.Calibration.Kind);
        Assert.Equal(plain.Artifact.TreesSha256, weighted.Artifact.TreesSha256);
        Assert.Equal(plain.Test.Auc, weighted.Test.Auc, 1e-9);
        Assert.True(weighted.Test.LogLoss < plain.Test.LogLoss / 1.5);
        Assert.Equal(ModelScorer.Score(weighted.Artifact, test), test.Select(row => copy.Predict(row.Features)));
        Assert.Equal(weighted.Artifact.Calibration.Parameters, copy.Calibration.Parameters);
        Assert.Contains("lowest log loss", weighted.Artifact.Metadata.CalibrationRule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_finds_something_better_and_the_same_every_time()
    {
        var options = new TrainingOptions { Trees = 5, Leaves = 2, Folds = 3, SearchTrials = 6, LocalTrials = 4, ProbeRows = 200 };
        var first = Train(options);
        var again = Train(options);

        Assert.Equal(11, first.Trials.Count);
        Assert.Equal(first.Trials.Select(t => t.Result.MeanAveragePrecision), again.Trials.Select(t => t.Result.MeanAveragePrecision));
        Assert.Equal(first.Artifact.TreesSha256, again.Artifact.TreesSha256);
        Assert.Equal(["LightGBM", "LightGBM before the search"], first.Candidates.Select(c => c.Candidate));
        Assert.True(first.Candidates[0].MeanAveragePrecision > first.Candidates[1].MeanAveragePrecision);
        Assert.Equal(first.Trials.Where(t => !t.GivenUp).Max(t => t.Result.MeanAveragePrecision), first.Candidates[0].MeanAveragePrecision);
        var best = first.Trials.Where(t => !t.GivenUp).MaxBy(t => t.Result.MeanAveragePrecision)!;
        Assert.All(best.Parameters, p => Assert.Equal(p.Value, first.Artifact.Metadata.Parameters[p.Key]));
    }

    [Fact]
    public void A_search_ends_when_nothing_gets_better_or_time_is_up()
    {
        var options = new TrainingOptions { Trees = 20, Folds = 2, SearchTrials = 40, SearchPatience = 2, ProbeRows = 200 };
        Assert.InRange(Train(options).Trials.Count, 3, 25);

        var atOnce = TrainingParameters.With(options, [new("SearchTime", "00:00:00.0000001"), new("SearchPatience", "40")]);
        Assert.InRange(Train(atOnce).Trials.Count, 1, 2);
    }

    [Fact]
    public void Candidates_are_compared_side_by_side_and_learn()
    {
        var outcome = Train(new TrainingOptions { Trees = 20, Folds = 2, CompareCandidates = true, ProbeRows = 200 });

        Assert.Equal(
            ["LightGBM", "LightGBM, classes balanced", "LightGBM, classes half balanced", "logistic regression", "random forest (FastForest)"],
            outcome.Candidates.Select(c => c.Candidate));
        Assert.All(outcome.Candidates, c => Assert.True(c.MeanAuc > 0.7, $"{c.Candidate}: {c.MeanAuc}"));
        Assert.All(outcome.Candidates, c => Assert.Equal(2, c.Folds.Count));
    }

    [Fact]
    public void The_logistic_baseline_reads_currency_and_country()
    {
        var rows = Rows.Select((row, i) => row with
        {
            Features = [1, 0],
            Country = row.IsFraud && i % 3 > 0 ? "XX" : "DE",
            Currency = i % 2 == 0 ? "EUR" : null,
        }).ToList();

        var scores = new LogisticRegressionCandidate(2, 1).FitAndScore(rows[..6_000], rows[6_000..], CancellationToken.None);

        Assert.InRange(BinaryMetrics.Auc(scores, [.. rows[6_000..].Select(row => row.IsFraud)]), 0.8, 0.9);
    }

    [Fact]
    public void Parameters_are_read_back_as_they_were_written()
    {
        var options = new TrainingOptions
        {
            Trees = 77,
            L2 = 0.1 + 0.2,
            AsOfMicros = 1_700_000_000_000_000,
            TestPeriod = TimeSpan.FromHours(36),
            Calibration = CalibrationMethod.Isotonic,
            CompareCandidates = true,
        };

        var copy = TrainingParameters.With(new TrainingOptions(), TrainingParameters.Describe(options));

        Assert.Equal(TrainingParameters.Describe(options), TrainingParameters.Describe(copy));
        Assert.Equal((77, 0.1 + 0.2, 1_700_000_000_000_000), (copy.Trees, copy.L2, copy.AsOfMicros));
    }

    [Theory]
    [InlineData("""{"trees": 50, "colsample_bytree": 0.5, "TestPeriod": "3d", "as_of_micros": null, "threshold_rule": "alerts_per_day"}""")]
    [InlineData("trees: 50\ncolsample_bytree: 0.5\nTestPeriod: 3d\nas_of_micros:\nthreshold_rule: AlertsPerDay\n")]
    [InlineData("# a run's own\nparameters:\n  n_estimators: 50\n  column_sample: 5e-1\n  test_period: 3.00:00:00\n  threshold_rule: alertsperday\n")]
    public void Parameter_files_are_json_or_yaml(string text)
    {
        var options = TrainingParameters.With(new TrainingOptions(), ParameterFile.Parse(text, "params"));

        Assert.Equal((50, 0.5, TimeSpan.FromDays(3)), (options.Trees, options.ColumnSample, options.TestPeriod));
        Assert.Equal(ThresholdRule.AlertsPerDay, options.ThresholdRule);
        Assert.Null(options.AsOfMicros);
    }

    [Theory]
    [InlineData("tres: 50", "tres")]
    [InlineData("trees: many", "trees expects a whole number")]
    [InlineData("trees: 0", "Trees")]
    [InlineData("learning_rate: 2", "LearningRate")]
    [InlineData("trees: 5\nn_estimators: 6", "the same parameter")]
    [InlineData("threshold_rule: best", "MaxF1, Cost, AlertsPerDay")]
    [InlineData("threshold_rule: 1", "MaxF1, Cost, AlertsPerDay")]
    [InlineData("test_period: long", "7d")]
    [InlineData("compare_candidates: perhaps", "true or false")]
    [InlineData("trees: [1, 2]", "single value")]
    [InlineData("- trees", "one object")]
    [InlineData("{", "neither JSON nor YAML")]
    public void A_wrong_parameter_file_is_one_sentence_that_names_the_parameter(string text, string named)
    {
        var error = Assert.Throws<TrainingParameterException>(
            () => TrainingParameters.With(new TrainingOptions(), ParameterFile.Parse(text, "params")));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_threshold_by_cost_needs_an_amount()
    {
        var names = SyntheticRows.Names.Select(name => name == "amount" ? "size" : name).ToArray();

        var error = Assert.Throws<TrainingDataException>(() => new ModelTrainer().Train(
            Rows, names, SyntheticRows.Hash, new TrainingOptions { ThresholdRule = ThresholdRule.Cost }));

        Assert.Contains("'amount'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_lies_in_the_future_changes_no_model()
    {
        var first = Train(Small);
        var testStart = first.Split.TestStartMicros;
        var planted = Rows.Select(row => row.EventTimeMicros < testStart
            ? row
            : row with { IsFraud = !row.IsFraud, Features = [.. row.Features.Select(value => value * 3)] }).ToList();

        var second = Train(Small, planted);

        Assert.Equal(first.Artifact.TreesSha256, second.Artifact.TreesSha256);
        Assert.Equal(first.Artifact.Metadata.Threshold, second.Artifact.Metadata.Threshold);
        Assert.Equal(first.Artifact.Calibration.Parameters, second.Artifact.Calibration.Parameters);
        Assert.NotEqual(first.Test.Auc, second.Test.Auc);
    }

    [Fact]
    public void Rows_in_the_gap_of_the_label_delay_teach_nothing()
    {
        var first = Train(Small);
        var planted = Rows.Select(row => row.EventTimeMicros < first.Split.TrainEndMicros || row.EventTimeMicros >= first.Split.TestStartMicros
            ? row
            : row with { IsFraud = !row.IsFraud }).ToList();

        Assert.Equal(first.Artifact.TreesSha256, Train(Small, planted).Artifact.TreesSha256);
    }

    private static TrainingOutcome Train(TrainingOptions options, IReadOnlyList<TrainingRow>? rows = null) =>
        new ModelTrainer().Train(rows ?? Rows, SyntheticRows.Names, SyntheticRows.Hash, options);
}
