using Levee.Models;

namespace Levee.Training.Tests;

public sealed class EnsembleBuilderTests
{
    private static readonly List<TrainingRow> Rows = SyntheticRows.Make(8_000, 60);

    private static readonly Lazy<ModelArtifact> Boosted = new(() => Train(new TrainingOptions { Trees = 20, Folds = 2, ProbeRows = 200 }));

    private static readonly Lazy<ModelArtifact> Logistic = new(
        () => Train(new TrainingOptions { Algorithm = Algorithm.LogisticRegression, Folds = 2, ProbeRows = 200 }));

    [Fact]
    public void It_is_calibrated_and_tested_on_rows_that_no_member_was_trained_on()
    {
        var ensemble = new ModelEnsemble([new("v1", 0.6, Boosted.Value), new("v2", 0.4, Logistic.Value)]);
        var outcome = new EnsembleBuilder().Build(ensemble, Rows, new TrainingOptions { ProbeRows = 500, DataQuery = "a test" });
        var metadata = outcome.Artifact.Metadata;
        var until = Boosted.Value.Metadata.TrainedUntil!.Value;

        Assert.True(metadata.Data.From > until);
        Assert.Equal(Rows.Count(row => DateTimeOffset.UnixEpoch.AddMicroseconds(row.EventTimeMicros) > until), metadata.Data.Rows);
        Assert.InRange(metadata.TrainedUntil!.Value, metadata.Data.From, metadata.Data.To);
        Assert.Equal("0.6", metadata.Parameters["Weight.v1"]);
        Assert.Equal("Probability", metadata.Parameters["Space"]);
        Assert.InRange(outcome.Test.Auc, 0.7, 1);

        var copy = StoredArtifact.Read(outcome.Artifact.ToBytes(), SyntheticRows.Hash);
        Assert.Equal(outcome.Artifact.Predict(Rows[5].Features), copy.Predict(Rows[5].Features));
        var test = TimeSplit.Take(Rows, outcome.Split.Test);
        Assert.Equal(outcome.Test.Auc, ModelScorer.Evaluate(copy, test).Auc);
        Assert.Throws<ArgumentException>(() => Reproduction.FirstDifference(
            copy, new DataSet { Query = "", FeatureNames = SyntheticRows.Names, FeatureHash = SyntheticRows.Hash, Rows = Rows }));
    }

    [Fact]
    public void An_ensemble_of_trees_agrees_with_mlnets_scores_and_can_be_evaluated_with_importance()
    {
        var other = Train(new TrainingOptions { Trees = 15, Leaves = 6, Seed = 3, Folds = 2, ProbeRows = 200 });
        var ensemble = new ModelEnsemble([new("v1", 0.5, Boosted.Value), new("v2", 0.5, other)]);
        var outcome = new EnsembleBuilder().Build(ensemble, Rows, new TrainingOptions { ProbeRows = ProbeSet.LeastRowsToServe });

        Assert.Equal(AveragingSpace.Margin, outcome.Artifact.Ensemble!.Space);
        Assert.Equal(ProbeSet.LeastRowsToServe, outcome.Artifact.Probe.Count);
        var evaluation = ModelEvaluator.Evaluate(
            outcome.Artifact, TimeSplit.Take(Rows, outcome.Split.Test), new EvaluationOptions { BootstrapRounds = 10, SegmentRounds = 10, ShapRows = 50 });
        Assert.True(evaluation.Importance[0].MeanAbsoluteShap > 0);
        var files = RunFiles.Make(new RunDescription(Guid.NewGuid(), "ensemble", "tester"), outcome, evaluation);
        Assert.DoesNotContain(files, file => file.Name == "model.zip");
    }

    [Fact]
    public void Without_later_rows_it_is_refused()
    {
        var ensemble = new ModelEnsemble([new("v1", 0.6, Boosted.Value), new("v2", 0.4, Logistic.Value)]);
        var until = Boosted.Value.Metadata.TrainedUntil!.Value;
        List<TrainingRow> known = [.. Rows.Where(row => DateTimeOffset.UnixEpoch.AddMicroseconds(row.EventTimeMicros) <= until)];

        var error = Assert.Throws<TrainingDataException>(() => new EnsembleBuilder().Build(ensemble, known, new TrainingOptions()));
        Assert.Contains("v1 was trained", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<TrainingDataException>(() => new EnsembleBuilder().Build(ensemble, [.. Rows.Take(known.Count + 3)], new TrainingOptions()));
        Assert.Contains("first half of the time", error.Message, StringComparison.Ordinal);
    }

    private static ModelArtifact Train(TrainingOptions options) =>
        new ModelTrainer().Train(Rows, SyntheticRows.Names, SyntheticRows.Hash, options).Artifact;
}
