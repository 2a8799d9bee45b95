namespace Levee.Models.Tests;

public sealed class ModelEnsembleTests
{
    private const int Columns = 3;
    private const string Hash = "6f1c";

    private static readonly float[][] Rows = [.. Enumerable.Range(0, 200).Select(i => RandomTrees.Row(new Random(i), Columns))];

    [Fact]
    public void Margins_are_averaged_in_log_odds_and_served_by_one_ensemble_of_trees()
    {
        var (a, b) = (Make(1, slope: -1), Make(2, slope: -0.5, offset: 0.25));
        var ensemble = new ModelEnsemble([new("v3", 0.7, a), new("v5", 0.3, b)]);

        Assert.Equal(AveragingSpace.Margin, ensemble.Space);
        Assert.Equal(a.Trees!.TreeCount + b.Trees!.TreeCount, Assert.IsType<TreeEnsemble>(ensemble.Classifier).TreeCount);
        foreach (var row in Rows)
        {
            var margin = (0.7 * a.Trees.PredictRaw(row)) + (0.3 * ((0.5 * b.Trees.PredictRaw(row)) - 0.25));
            Assert.Equal(1 / (1 + Math.Exp(-margin)), ensemble.Classifier.Predict(row), 1e-6);
        }
    }

    [Fact]
    public void The_reasons_of_a_margin_ensemble_are_the_members_weighted()
    {
        var (a, b) = (Make(1), Make(2));
        var artifact = Artifact(new ModelEnsemble([new("v3", 0.7, a), new("v5", 0.3, b)]));
        var whole = new TreeShap(artifact.Trees!, artifact.Covers!);
        TreeShap[] parts = [new(a.Trees!, a.Covers!), new(b.Trees!, b.Covers!)];
        var (mean, first, second) = (new double[Columns], new double[Columns], new double[Columns]);

        Assert.Equal((0.7 * parts[0].ExpectedRaw) + (0.3 * parts[1].ExpectedRaw), whole.ExpectedRaw, 1e-9);
        foreach (var row in Rows.Take(20))
        {
            whole.Explain(row, mean);
            parts[0].Explain(row, first);
            parts[1].Explain(row, second);
            for (var i = 0; i < Columns; i++)
            {
                Assert.Equal((0.7 * first[i]) + (0.3 * second[i]), mean[i], 1e-9);
            }
        }
    }

    [Fact]
    public void Probabilities_are_averaged_as_the_members_serve_them()
    {
        var (a, b) = (Make(1), Calibrated(Make(2)));
        var ensemble = new ModelEnsemble([new("v3", 0.25, a), new("v5", 0.75, b)], AveragingSpace.Probability);
        var batch = new double[Rows.Length];
        ensemble.Classifier.PredictBatch(Rows.SelectMany(row => row).ToArray(), Columns, batch);

        for (var i = 0; i < Rows.Length; i++)
        {
            var expected = (0.25 * a.Predict(Rows[i])) + (0.75 * b.Predict(Rows[i]));
            Assert.Equal(expected, ensemble.Classifier.Predict(Rows[i]), 1e-12);
            Assert.Equal(expected, batch[i], 1e-12);
        }
    }

    [Theory]
    [InlineData(AveragingSpace.Margin)]
    [InlineData(AveragingSpace.Probability)]
    public void An_artifact_holds_its_members_names_and_weights(AveragingSpace space)
    {
        var artifact = Artifact(new ModelEnsemble([new("v3", 0.7, Make(1)), new("v5", 0.3, Calibrated(Make(2)))], space));
        var copy = ModelArtifact.FromBytes(artifact.ToBytes(), Hash);

        Assert.Equal(artifact.ToBytes(), copy.ToBytes());
        Assert.Equal((ModelKind.Ensemble, space), (copy.Kind, copy.Ensemble!.Space));
        Assert.Equal([("v3", 0.7), ("v5", 0.3)], copy.Ensemble.Members.Select(member => (member.Version, member.Weight)));
        Assert.Equal(artifact.Predict(Rows[7]), copy.Predict(Rows[7]));
        Assert.Equal(space == AveragingSpace.Margin, copy.Covers is not null);
        Assert.Contains(
            "a0b1", Assert.Throws<ModelArtifactException>(() => ModelArtifact.FromBytes(artifact.ToBytes(), "a0b1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_that_do_not_go_together_are_refused_naming_them()
    {
        var (a, b) = (Make(1), Make(2));
        var other = b.With(b.Metadata with { FeatureHash = "a0b1" });
        var nested = Artifact(new ModelEnsemble([new("v3", 0.5, a), new("v5", 0.5, b)]));

        Refused("2 to 16", new EnsembleMember("v3", 1, a));
        Refused("v5 is 0;", new EnsembleMember("v3", 1, a), new EnsembleMember("v5", 0, b));
        Refused("v5 is NaN", new EnsembleMember("v3", 1, a), new EnsembleMember("v5", double.NaN, b));
        Refused("add up to 0.9;", new EnsembleMember("v3", 0.7, a), new EnsembleMember("v5", 0.2, b));
        Refused("v3 is named twice", new EnsembleMember("v3", 0.7, a), new EnsembleMember("v3", 0.3, a));
        Refused("v5 has the feature list a0b1", new EnsembleMember("v3", 0.7, a), new EnsembleMember("v5", 0.3, other));
        Refused("v9 is an ensemble itself", new EnsembleMember("v3", 0.7, a), new EnsembleMember("v9", 0.3, nested));

        static void Refused(string why, params EnsembleMember[] members) =>
            Assert.Contains(why, Assert.Throws<ModelArtifactException>(() => new ModelEnsemble(members)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Margins_of_what_is_not_trees_are_refused_and_probabilities_are_the_default()
    {
        var a = Make(1);
        var slow = ModelArtifact.OfMlNet(a.Metadata, new Slow(a.Trees!), [1], a.Probe);
        EnsembleMember[] members = [new("v3", 0.5, a), new("v4", 0.5, slow)];

        Assert.Equal(AveragingSpace.Probability, new ModelEnsemble(members).Space);
        var error = Assert.Throws<ModelArtifactException>(() => new ModelEnsemble(members, AveragingSpace.Margin));
        Assert.StartsWith("v4 is not made of trees", error.Message, StringComparison.Ordinal);

        // Without someone who knows ML.NET it is refused, with one it comes back.
        var bytes = Artifact(new ModelEnsemble(members)).ToBytes();
        Assert.StartsWith("Member v4: ", Assert.Throws<ModelArtifactException>(() => ModelArtifact.FromBytes(bytes, Hash)).Message, StringComparison.Ordinal);
        Assert.Equal(bytes, ModelArtifact.FromBytes(bytes, Hash, (_, _) => new Slow(a.Trees!)).ToBytes());
    }

    private static ModelArtifact Make(int seed, double slope = -1, double offset = 0)
    {
        var trees = TreeEnsemble.Create(RandomTrees.Make(new Random(seed), 10, Columns), Columns, 0.25, slope, offset);
        var covers = new TreeCovers(trees.Trees.Select(tree => Enumerable.Range(1, tree.LeafValues.Count).ToArray()));
        return new ModelArtifact(Metadata(), trees, [1], Probe(trees), null, covers);
    }

    private static ModelArtifact Calibrated(ModelArtifact plain) =>
        new(plain.Metadata, plain.Trees!, [1], plain.Probe, new PlattCalibration(0.5, -1), plain.Covers);

    private static ModelArtifact Artifact(ModelEnsemble ensemble) => ModelArtifact.OfEnsemble(Metadata(), ensemble, Probe(ensemble.Classifier));

    private static ProbeSet Probe(IBinaryClassifier classifier) =>
        new(Columns, Rows.SelectMany(row => row).ToArray(), [.. Rows.Select(row => (float)classifier.Predict(row))]);

    private static ModelMetadata Metadata() => new()
    {
        Name = "test",
        FeatureNames = ["a", "b", "c"],
        FeatureHash = Hash,
        Threshold = 0.3,
        ThresholdRule = "given",
        Metrics = BinaryMetrics.Evaluate([0.1, 0.9], [false, true], 0.3),
        Parameters = new Dictionary<string, string>(),
        RandomState = 4,
        Data = new DataSnapshot { Query = "none", Rows = 2, Sha256 = "00", From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch.AddDays(1) },
        CreatedAt = DateTimeOffset.UnixEpoch.AddDays(2),
        CodeVersion = "0.1.0",
        Packages = new Dictionary<string, string>(),
    };

    private sealed class Slow(TreeEnsemble trees) : IBinaryClassifier
    {
        public int FeatureCount => trees.FeatureCount;

        public double Predict(ReadOnlySpan<float> features) => trees.Predict(features);

        public void PredictBatch(ReadOnlySpan<float> rows, int columns, Span<double> probabilities) => trees.PredictBatch(rows, columns, probabilities);
    }
}
