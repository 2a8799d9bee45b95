using Levee.Models;

namespace Levee.Training.Tests;

public sealed class ReproductionTests : IDisposable
{
    private static readonly List<TrainingRow> Rows = SyntheticRows.Make(8_000, 40);

    private readonly string _folder = Directory.CreateTempSubdirectory("levee-reproduction-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_version_is_trained_again_to_the_same_trees_also_after_a_search()
    {
        var options = new TrainingOptions { Trees = 20, ProbeRows = 200, Folds = 2, SearchTrials = 2, DataQuery = "a test", TestPeriod = TimeSpan.FromDays(5) };
        var (artifact, data) = await TrainAsync(options);

        Assert.Null(Reproduction.FirstDifference(artifact, data));
        Assert.Empty(Reproduction.OtherVersions(artifact.Metadata));
    }

    [Fact]
    public async Task Other_parameters_show_as_the_first_difference()
    {
        var (artifact, data) = await TrainAsync(new TrainingOptions { Trees = 20, ProbeRows = 200, DataQuery = "a test" });
        var parameters = new Dictionary<string, string>(artifact.Metadata.Parameters) { ["LearningRate"] = "0.11" };
        var packages = new Dictionary<string, string>(artifact.Metadata.Packages) { ["Microsoft.ML"] = "4.0.0" };
        var changed = artifact.With(artifact.Metadata with { Parameters = parameters, Packages = packages });

        Assert.StartsWith("tree 0, leaf 0: ", Reproduction.FirstDifference(changed, data), StringComparison.Ordinal);
        Assert.StartsWith("Microsoft.ML was 4.0.0 and is ", Assert.Single(Reproduction.OtherVersions(changed.Metadata)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_rows_are_refused()
    {
        var (artifact, data) = await TrainAsync(new TrainingOptions { Trees = 20, ProbeRows = 200, DataQuery = "a test" });
        var flipped = data.Rows.ToList();
        flipped[5] = flipped[5] with { IsFraud = !flipped[5].IsFraud };

        Assert.Contains(
            "not those that the model was trained",
            Assert.Throws<TrainingDataException>(() => Reproduction.FirstDifference(artifact, data with { Rows = flipped })).Message,
            StringComparison.Ordinal);
        Assert.Throws<TrainingDataException>(() => Reproduction.FirstDifference(artifact, data with { FeatureHash = "other" }));
    }

    [Fact]
    public void The_first_difference_of_trees_is_told_where_it_is()
    {
        TreeDefinition tree = new([new TreeSplit(0, 1, ~0, ~1, MissingKind.NaN, false)], [1.0, 2.0]);
        var trees = TreeEnsemble.Create([tree, tree], 2);

        Assert.Null(TreeDifference.First(trees, TreeEnsemble.Create([tree, tree], 2)));
        Assert.Contains("number of trees", TreeDifference.First(trees, TreeEnsemble.Create([tree], 2)), StringComparison.Ordinal);
        Assert.Contains("bias", TreeDifference.First(trees, TreeEnsemble.Create([tree, tree], 2, bias: 1)), StringComparison.Ordinal);
        Assert.StartsWith(
            "tree 1, split 0", TreeDifference.First(trees, TreeEnsemble.Create([tree, tree with { Splits = [tree.Splits[0] with { Feature = 1 }] }], 2)), StringComparison.Ordinal);
        Assert.StartsWith(
            "tree 1, leaf 1: 2 became", TreeDifference.First(trees, TreeEnsemble.Create([tree, tree with { LeafValues = [1.0, Math.BitIncrement(2.0)] }], 2)), StringComparison.Ordinal);
    }

    private async Task<(ModelArtifact Artifact, DataSet Data)> TrainAsync(TrainingOptions options)
    {
        var outcome = new ModelTrainer().Train(Rows, SyntheticRows.Names, SyntheticRows.Hash, options);
        var data = new DataSet { Query = options.DataQuery, FeatureNames = SyntheticRows.Names, FeatureHash = SyntheticRows.Hash, Rows = Rows };
        var snapshot = await DataSetFile.WriteAsync(_folder, data, CancellationToken.None);
        var artifact = outcome.Artifact.With(outcome.Artifact.Metadata with { Snapshot = snapshot });
        var stored = ModelArtifact.FromBytes(artifact.ToBytes(), SyntheticRows.Hash);
        return (stored, await DataSetFile.ReadAsync(_folder, stored.Metadata.Snapshot!.Sha256, CancellationToken.None));
    }
}
