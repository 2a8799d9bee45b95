using Levee.Models;
using Microsoft.ML;

namespace Levee.Training.Tests;

/// <summary>Learners that ML.NET serves, behind the same interface as trees.</summary>
public sealed class AlgorithmTests
{
    private static readonly List<TrainingRow> Rows = SyntheticRows.Make(3_000, 40);

    public static TheoryData<Algorithm> Served => [Algorithm.FastTree, Algorithm.FastForest, Algorithm.LogisticRegression, Algorithm.Sdca];

    [Theory]
    [MemberData(nameof(Served))]
    public void A_learner_is_trained_stored_served_and_made_again(Algorithm algorithm)
    {
        var options = new TrainingOptions { Algorithm = algorithm, Trees = 10, Folds = 2, ProbeRows = 500, L2 = 1 };
        var outcome = new ModelTrainer().Train(Rows, SyntheticRows.Names, SyntheticRows.Hash, options);
        var artifact = StoredArtifact.Read(outcome.Artifact.ToBytes(), SyntheticRows.Hash);

        Assert.InRange(outcome.Test.Auc, 0.7, 1);
        Assert.Equal((ModelKind.MlNet, $"fraud-{algorithm}".ToLowerInvariant()), (artifact.Kind, artifact.Metadata.Name));
        Assert.Equal(outcome.Artifact.ToBytes(), artifact.ToBytes());
        Assert.Equal(algorithm.ToString(), artifact.Metadata.Parameters[nameof(TrainingOptions.Algorithm)]);
        Assert.Null(artifact.Trees);
        AssertServes(artifact);

        var data = new DataSet { Query = options.DataQuery, FeatureNames = SyntheticRows.Names, FeatureHash = SyntheticRows.Hash, Rows = Rows };
        Assert.Null(Reproduction.FirstDifference(artifact, data));
        var changed = artifact.With(artifact.Metadata with
        {
            Parameters = new Dictionary<string, string>(artifact.Metadata.Parameters) { [nameof(TrainingOptions.Trees)] = "5", [nameof(TrainingOptions.L2)] = "9" },
        });
        Assert.StartsWith("probability of probe row ", Reproduction.FirstDifference(changed, data), StringComparison.Ordinal);
    }

    [Fact]
    public void Trees_are_compared_on_10_000_rows_before_they_serve_and_the_worst_row_is_named()
    {
        var outcome = new ModelTrainer().Train(Rows, SyntheticRows.Names, SyntheticRows.Hash, new TrainingOptions { Trees = 10, Folds = 2 });
        var artifact = outcome.Artifact;
        Assert.Equal(ProbeSet.LeastRowsToServe, artifact.Probe.Count);
        var expected = new MlNetModel(artifact.MlNetModel).Predict(artifact.Probe.Rows.ToArray().Chunk(SyntheticRows.Columns), SyntheticRows.Columns);
        Assert.Equal(artifact.Probe.Probabilities.ToArray(), expected);

        // The tree of which the probe knows otherwise: one leaf a little off, and only the rows that reach it differ.
        var trees = artifact.Trees!;
        var wrong = trees.Trees.ToList();
        wrong[3] = wrong[3] with { LeafValues = [wrong[3].LeafValues[0] + 1e-3, .. wrong[3].LeafValues.Skip(1)] };
        var changed = TreeEnsemble.Create(wrong, trees.FeatureCount, trees.Bias, trees.SigmoidSlope, trees.SigmoidOffset);
        var worst = Enumerable.Range(0, artifact.Probe.Count).MaxBy(i => Math.Abs(changed.Predict(RowOf(artifact, i)) - expected[i]));
        var error = Assert.Throws<ModelArtifactException>(
            () => new ModelArtifact(artifact.Metadata, changed, artifact.MlNetModel.Span, artifact.Probe));
        Assert.Contains($"probe row {worst} ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_that_differs_from_its_probe_is_refused_naming_the_worst_row()
    {
        var options = new TrainingOptions { Algorithm = Algorithm.LogisticRegression, Folds = 2, ProbeRows = 200 };
        var artifact = new ModelTrainer().Train(Rows, SyntheticRows.Names, SyntheticRows.Hash, options).Artifact;
        var probabilities = artifact.Probe.Probabilities.ToArray();
        probabilities[42] += 2e-6f;
        var probe = new ProbeSet(SyntheticRows.Columns, artifact.Probe.Rows, probabilities);

        var error = Assert.Throws<ModelArtifactException>(
            () => ModelArtifact.OfMlNet(artifact.Metadata, artifact.Classifier, artifact.MlNetModel.Span, probe));
        Assert.Contains("probe row 42 ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_no_classifier_of_such_rows_is_refused()
    {
        var ml = new MLContext(1);
        var data = MlNetColumns.View(ml, [new MlNetRow { Features = [1, 2] }, new MlNetRow { Features = [2, 3] }], 2);
        using var stream = new MemoryStream();
        ml.Model.Save(ml.Transforms.NormalizeMinMax(MlNetColumns.Features).Fit(data), data.Schema, stream);

        Assert.Contains("neither 'Probability' nor 'Score'", Refusal(stream.ToArray(), 2), StringComparison.Ordinal);
        Assert.Contains("not a binary classifier of 3 features", Refusal(stream.ToArray(), 3), StringComparison.Ordinal);
        Assert.Contains("not a binary classifier", Refusal([1, 2, 3], 3), StringComparison.Ordinal);

        static string Refusal(byte[] model, int features) =>
            Assert.Throws<ModelArtifactException>(() => new MlNetClassifier(model, features)).Message;
    }

    [Fact]
    public void What_a_learner_cannot_do_is_refused_naming_the_parameter()
    {
        Assert.Equal("SearchTrials", Refused(new() { Algorithm = Algorithm.FastTree, SearchTrials = 3 }));
        Assert.Equal("PositiveWeight", Refused(new() { Algorithm = Algorithm.Sdca, PositiveWeight = 3 }));
        Assert.Equal("Algorithm", Refused(new() { Algorithm = (Algorithm)99 }));
        Assert.Equal(Algorithm.LogisticRegression, TrainingParameters.With(new(), [new("algorithm", "logistic_regression")]).Algorithm);

        static string? Refused(TrainingOptions options) => Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName;
    }

    // Single rows, batches and many threads at once give the same; whatever the row, a probability comes out.
    private static void AssertServes(ModelArtifact artifact)
    {
        var probe = artifact.Probe;
        var batch = new double[probe.Count];
        artifact.PredictBatch(probe.Rows, probe.Columns, batch);
        Parallel.For(0, probe.Count, i => Assert.Equal(batch[i], artifact.Predict(RowOf(artifact, i))));
        Assert.Throws<ArgumentException>(() => artifact.Predict(new float[SyntheticRows.Columns + 1]));
        foreach (var odd in (ReadOnlySpan<float>)[float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue])
        {
            var row = new float[SyntheticRows.Columns];
            row.AsSpan().Fill(odd);
            Assert.InRange(artifact.Predict(row), 0, 1);
        }
    }

    private static float[] RowOf(ModelArtifact artifact, int row) =>
        artifact.Probe.Rows.Slice(row * artifact.Probe.Columns, artifact.Probe.Columns).ToArray();
}
