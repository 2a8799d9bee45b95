namespace Levee.Training.Tests;

public sealed class ModelTrainerTests
{
    private static readonly TrainingOptions Options = new() { Trees = 40 };

    private static readonly List<TrainingRow> Rows = SyntheticRows.Make(20_000, 40);

    private static readonly Lazy<TrainingOutcome> Trained = new(() => Train(Rows, Options));

    [Fact]
    public void A_model_learns_what_there_is_to_learn()
    {
        var outcome = Trained.Value;

        Assert.InRange(outcome.Test.Auc, 0.75, 1);
        Assert.InRange(outcome.Test.AveragePrecision, 0.2, 1);
        Assert.Equal(40, outcome.Artifact.Trees!.TreeCount);
        Assert.InRange(outcome.Artifact.Metadata.Threshold, 0.01, 0.99);
        Assert.Equal(outcome.Test, outcome.Artifact.Metadata.Metrics);
        Assert.True(outcome.Test.F1 > 0.2);
        Assert.NotNull(outcome.Test.CardPrecisionAt100);
    }

    [Fact]
    public void Compiled_trees_equal_ml_net_to_the_bit_on_rows_with_missing_values()
    {
        var artifact = Trained.Value.Artifact;
        var rows = SyntheticRows.Make(10_000, 3, seed: 99).Select(r => r.Features).ToList();
        var random = new Random(5);
        foreach (var row in rows)
        {
            row[random.Next(row.Length)] = float.NaN;
        }

        var expected = new MlNetModel(artifact.MlNetModel).Predict(rows, SyntheticRows.Columns);
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.Equal(expected[i], (float)artifact.Trees!.Predict(rows[i]));
        }

        var batch = new double[rows.Count];
        artifact.Trees!.PredictBatch(rows.SelectMany(r => r).ToArray(), SyntheticRows.Columns, batch);
        Assert.Equal(expected, batch.Select(p => (float)p));
    }

    [Fact]
    public void The_probe_has_ten_thousand_rows_and_missing_values()
    {
        var probe = Trained.Value.Artifact.Probe;

        Assert.Equal(10_000, probe.Count);
        Assert.Contains(probe.Rows.ToArray(), float.IsNaN);
        Assert.Contains(probe.Rows.ToArray(), float.IsInfinity);
        Assert.True(probe.Probabilities.ToArray().Distinct().Count() > 1_000);
    }

    [Fact]
    public void A_missing_value_matters()
    {
        var trees = Trained.Value.Artifact.Trees!;
        float[] row = [50, 0, 3, 1, 5, 0.5f, 0, 1];
        var present = trees.Predict(row);
        row[3] = float.NaN;

        Assert.True(trees.Predict(row) > 2 * present, "A missing ratio is a sign of fraud in these rows.");
    }

    [Fact]
    public async Task Trainings_side_by_side_with_different_numbers_of_threads_give_what_each_gives_alone()
    {
        // LightGBM keeps the number of threads for the whole process: one that changes it beneath another brings the process down.
        var alone = Fit(threads: 1);
        var together = Enumerable.Range(0, 3).Select(n => Task.Factory.StartNew(
            () => Enumerable.Range(0, 4).Select(round => Fit(threads: 1 + ((n + round) % 3))).ToList(),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));

        Assert.All((await Task.WhenAll(together)).SelectMany(trees => trees), trees => Assert.Equal(alone, trees));

        static byte[] Fit(int threads) =>
            ModelTrainer.FitTrees(Rows, SyntheticRows.Names.Length, new TrainingOptions { Trees = 30, Threads = threads }).Serialize();
    }

    [Fact]
    public void The_same_seed_gives_the_same_trees_whatever_the_number_of_threads()
    {
        var first = Trained.Value.Artifact;
        var again = Train(Rows, Options).Artifact;
        var oneThread = Train(Rows, new TrainingOptions { Trees = 40, Threads = 1 }).Artifact;
        var otherSeed = Train(Rows, new TrainingOptions { Trees = 40, Seed = 43 }).Artifact;

        Assert.Equal(first.ToBytes(), again.ToBytes());
        Assert.Equal(first.TreesSha256, oneThread.TreesSha256);
        Assert.NotEqual(first.TreesSha256, otherSeed.TreesSha256);
    }

    [Fact]
    public void The_artifact_names_what_is_needed_to_train_again()
    {
        var metadata = Trained.Value.Artifact.Metadata;

        Assert.Equal(SyntheticRows.Hash, metadata.FeatureHash);
        Assert.Equal(SyntheticRows.Names, metadata.FeatureNames);
        Assert.Equal("40", metadata.Parameters["Trees"]);
        Assert.Equal("0.5", metadata.Parameters["ColumnSample"]);
        Assert.Equal(42, metadata.RandomState);
        Assert.Equal(64, metadata.Data.Sha256.Length);
        Assert.Contains("5.0.1", metadata.Packages["Microsoft.ML.LightGbm"], StringComparison.Ordinal);

        var split = Trained.Value.Split;
        var used = TimeSplit.Take(Rows, split.Train).Count + TimeSplit.Take(Rows, split.Test).Count;
        Assert.Equal(used, metadata.Data.Rows);
    }

    [Fact]
    public void One_changed_label_or_value_changes_the_data_digest()
    {
        var digest = Trained.Value.Artifact.Metadata.Data.Sha256;
        var label = Rows.ToList();
        label[17] = label[17] with { IsFraud = !label[17].IsFraud };
        var value = Rows.ToList();
        value[17] = value[17] with { Features = [.. value[17].Features[..^1], 2] };

        Assert.NotEqual(digest, Train(label, Options).Artifact.Metadata.Data.Sha256);
        Assert.NotEqual(digest, Train(value, Options).Artifact.Metadata.Data.Sha256);
    }

    [Fact]
    public void Shuffled_labels_teach_nothing()
    {
        var labels = Rows.Select(r => r.IsFraud).ToArray();
        new Random(3).Shuffle(labels);
        var shuffled = Rows.Select((r, i) => r with { IsFraud = labels[i] }).ToList();

        Assert.InRange(Train(shuffled, Options).Test.Auc, 0.44, 0.56);
    }

    [Fact]
    public void A_cancelled_training_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => Train(Rows, Options, source.Token));
    }

    [Fact]
    public void A_comparison_scores_both_models_on_the_same_rows_and_names_the_better()
    {
        var good = Trained.Value.Artifact;
        var labels = Rows.Select(r => r.IsFraud).ToArray();
        new Random(3).Shuffle(labels);
        var poor = Train([.. Rows.Select((r, i) => r with { IsFraud = labels[i] })], Options).Artifact;
        var later = SyntheticRows.Make(5_000, 5, seed: 1234);

        var comparison = ModelComparison.Of(poor, good, later);
        Assert.True(comparison.CandidateIsBetter);
        Assert.True(comparison.AucGain > 0.1);
        Assert.Equal(5_000, comparison.Current.Rows);
        Assert.Equal(comparison.Current.Frauds, comparison.Candidate.Frauds);
        Assert.False(ModelComparison.Of(good, poor, later).CandidateIsBetter);
        Assert.False(ModelComparison.Of(good, good, later).CandidateIsBetter);
    }

    private static TrainingOutcome Train(IReadOnlyList<TrainingRow> rows, TrainingOptions options, CancellationToken ct = default) =>
        new ModelTrainer(new FixedClock()).Train(rows, SyntheticRows.Names, SyntheticRows.Hash, options, null, ct);

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);
    }
}
