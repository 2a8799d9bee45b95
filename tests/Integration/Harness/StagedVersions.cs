using Levee.Features;
using Levee.Models;
using Levee.Storage;
using Levee.Training;

namespace Levee.Integration.Harness;

/// <summary>Registers small versions of other kinds in Staging, of rows made up for them.</summary>
internal sealed class StagedVersions(string connectionString)
{
    private const int Rows = 4_000;
    private const int Days = 80;

    private static readonly string[] Names = [.. FeatureList.Default.Features.Select(feature => feature.Name)];

    /// <summary>A logistic regression, which ML.NET serves.</summary>
    public async Task RegisterLogisticAsync(string expected)
    {
        var options = new TrainingOptions { Algorithm = Algorithm.LogisticRegression, Folds = 2 };
        var outcome = await Task.Run(() => new ModelTrainer().Train(MakeRows(DateTimeOffset.UnixEpoch), Names, FeatureList.Default.Hash, options));
        await RegisterAsync(expected, outcome);
    }

    /// <summary>A weighted mean of versions that are registered.</summary>
    public async Task RegisterEnsembleAsync(string expected, AveragingSpace space, params (string Version, double Weight)[] members)
    {
        var loaded = new List<EnsembleMember>();
        await using var source = StorageServiceCollectionExtensions.CreateSource(connectionString);
        foreach (var (version, weight) in members)
        {
            var bytes = await new ModelRegistry(source).LoadArtifactAsync(version, CancellationToken.None);
            loaded.Add(new EnsembleMember(version, weight, StoredArtifact.Read(bytes, FeatureList.Default.Hash)));
        }

        var later = loaded.Max(member => member.Artifact.Metadata.TrainedUntil!.Value).AddDays(1);
        var outcome = await Task.Run(() => new EnsembleBuilder().Build(new ModelEnsemble(loaded, space), MakeRows(later), new TrainingOptions()));
        await RegisterAsync(expected, outcome);
    }

    private async Task RegisterAsync(string expected, TrainingOutcome outcome)
    {
        await using var source = StorageServiceCollectionExtensions.CreateSource(connectionString);
        var version = await new ModelRegistry(source).RegisterAsync(
            new NewModelVersion
            {
                RunId = Guid.NewGuid(),
                Kind = "train",
                FeatureHash = outcome.Artifact.Metadata.FeatureHash,
                Artifact = outcome.Artifact.ToBytes(),
                Metrics = new Dictionary<string, double> { ["auc"] = outcome.Test.Auc },
                Parameters = outcome.Artifact.Metadata.Parameters,
            },
            ModelStage.Staging,
            "tester",
            "a test",
            CancellationToken.None);
        Assert.Equal(expected, version);
    }

    // The first value tells frauds from the rest, mostly.
    private static List<TrainingRow> MakeRows(DateTimeOffset from)
    {
        var random = new Random(5);
        var start = UnixMicros.FromDateTimeOffset(from);
        return [.. Enumerable.Range(0, Rows).Select(i =>
        {
            var fraud = random.Next(20) == 0;
            var vector = new float[Names.Length];
            vector[0] = random.Next(100) + (fraud ? 60 : 0);
            vector[1] = random.Next(2);
            return new TrainingRow(new Guid(i + 1, 0, 0, new byte[8]), start + (i * UnixMicros.PerDay * Days / Rows), 1 + random.Next(200), fraud, vector);
        })];
    }
}
