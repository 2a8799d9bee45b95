using Levee.Embedded;
using Levee.Features;
using Levee.Grains.Hosting;
using Levee.Grains.Models;
using Levee.Grains.Tests.Tracking;
using Levee.Grains.Tracking;
using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Levee.Grains.Tests.Models;

public sealed class TrainingPipelineTests : IAsyncLifetime
{
    private static readonly List<TrainingRow> Rows = MakeRows();
    private static readonly TrainingOptions Quick = new() { Trees = 10, Folds = 2, DataQuery = "a test" };

    private readonly string _folder = Directory.CreateTempSubdirectory("levee-pipeline-").FullName;
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync()
    {
        _source = StorageServiceCollectionExtensions.CreateSource(await TestPostgres.CreateDatabaseAsync());
        await new LeveeDatabase(_source).MigrateAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_run_leaves_its_version_its_files_and_its_rows_and_can_be_made_again()
    {
        using var mlflow = new FakeMlflow();
        await using var services = Services(mlflow.Url);
        var request = Request(ModelStage.Production);

        var trained = await services.GetRequiredService<TrainingPipeline>().RunAsync(request, Rows, null, CancellationToken.None);
        var again = await services.GetRequiredService<TrainingPipeline>().RunAsync(request, Rows, null, CancellationToken.None);

        Assert.Equal(("v1", "v1"), (trained.Version, again.Version));
        var run = Assert.Single(await new RunStore(_source).ListAsync(10, CancellationToken.None));
        Assert.Equal((request.RunId, "finished", "v1"), (run.RunId, run.Status, run.Version));
        Assert.Equal(trained.Evaluation!.Metrics[MetricNames.Auc].Value, run.Metrics["auc"]);
        string[] files = ["confusion_matrix.png", "feature_importance.csv", "meta.yaml", "metrics.json", "model.zip", "params.json", "report.html"];
        Assert.Equal(files, (await new RunStore(_source).ListArtifactsAsync(run.RunId, CancellationToken.None)).Select(file => file.Name));
        Assert.Equal(files, Directory.GetFiles(Path.Combine(_folder, "runs", run.RunId.ToString())).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(files.Length, mlflow.Artifacts.Count);

        var artifact = ModelArtifact.FromBytes(await new ModelRegistry(_source).LoadArtifactAsync("v1", CancellationToken.None), FeatureList.Default.Hash);
        var data = await DataSetFile.ReadAsync(Path.Combine(_folder, "snapshots"), artifact.Metadata.Snapshot!.Sha256, CancellationToken.None);
        Assert.Equal(Rows.Count, data.Rows.Count);
        var meta = await File.ReadAllTextAsync(Path.Combine(_folder, "runs", run.RunId.ToString(), "meta.yaml"));
        Assert.Contains($"parquet_sha256: {artifact.Metadata.Snapshot.Sha256}", meta, StringComparison.Ordinal);
        var test = TimeSplit.Take(data.Rows, TimeSplit.Of(data.Rows, Quick).Test);
        var segments = ModelEvaluator.Evaluate(artifact, test, new EvaluationOptions { BootstrapRounds = 10, SegmentRounds = 10, ShapRows = 10 }).Segments;
        Assert.Equal(["DE", "NL"], segments.Where(segment => segment.Kind == "country").Select(segment => segment.Name).Order());
        Assert.Null(Reproduction.FirstDifference(artifact, data));

        Directory.Delete(Path.Combine(_folder, "snapshots"), recursive: true);
        var fromDatabase = await services.GetRequiredService<DataSets>().ReadAsync(artifact.Metadata.Snapshot.Sha256, CancellationToken.None);
        Assert.Equal(data.Rows.Select(row => row.TransactionId), fromDatabase.Rows.Select(row => row.TransactionId));
        await using var materialised = _source.CreateCommand("SELECT count(*)::integer FROM training_features WHERE feature_hash = $1");
        materialised.Parameters.Add(new NpgsqlParameter<string> { TypedValue = FeatureList.Default.Hash });
        Assert.Equal(Rows.Count, await materialised.ExecuteScalarAsync());
    }

    [Fact]
    public async Task The_next_run_is_compared_with_production()
    {
        await using var services = Services("");
        var pipeline = services.GetRequiredService<TrainingPipeline>();
        await pipeline.RunAsync(Request(ModelStage.Production), Rows, null, CancellationToken.None);

        var second = await pipeline.RunAsync(Request(ModelStage.Staging), Rows, null, CancellationToken.None);

        Assert.Equal("v1", second.Evaluation!.Production!.Version);
        Assert.Equal("v1", await new ModelRegistry(_source).GetProductionVersionAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_version_of_another_feature_list_is_neither_promoted_nor_brought_back()
    {
        await using var services = Services("");
        var pipeline = services.GetRequiredService<TrainingPipeline>();
        await pipeline.RunAsync(Request(ModelStage.Production), Rows, null, CancellationToken.None);
        await pipeline.RunAsync(Request(ModelStage.Production), Rows, null, CancellationToken.None);
        var registry = new ModelRegistry(_source);
        ModelRegistryGrain Of(FeatureList list) => new(registry, new ModelHistory(_source), list, TimeProvider.System, NullLogger<ModelRegistryGrain>.Instance);

        Assert.Contains("another feature list", (await Of(FeatureList.All).Promote("v1", "tester", "a test")).Refusal, StringComparison.Ordinal);
        Assert.Contains("another feature list", (await Of(FeatureList.All).Rollback("v2", "tester", "a test")).Refusal, StringComparison.Ordinal);
        Assert.Equal("v2", await registry.GetProductionVersionAsync(CancellationToken.None));

        Assert.True((await Of(FeatureList.Default).Promote("v9", "tester", "a test")).IsUnknown);
        Assert.Equal("v1", (await Of(FeatureList.Default).Rollback("v2", "tester", "a test")).Version!.Version);
        Assert.Equal("v2", (await Of(FeatureList.Default).Promote("v2", "tester", "a test")).Version!.Version);
    }

    [Fact]
    public async Task Other_learners_and_ensembles_are_registered_loaded_ahead_and_served()
    {
        await using var services = Services("");
        var pipeline = services.GetRequiredService<TrainingPipeline>();
        var registry = services.GetRequiredService<ModelRegistry>();
        var host = new ModelHost(registry, FeatureList.Default, TimeProvider.System, NullLogger<ModelHost>.Instance);
        await using var changes = await registry.ListenAsync(CancellationToken.None);
        Task<VersionsToServe> ReadAsync() => changes.ReadAsync(FeatureList.Default.Hash, CancellationToken.None);
        async Task<bool> RefreshAsync() => await host.RefreshAsync((await ReadAsync()).Production, CancellationToken.None);
        await pipeline.RunAsync(Request(ModelStage.Production), Rows, null, CancellationToken.None);
        var options = TrainingParameters.With(Quick, [new("algorithm", "logistic_regression")]);
        await pipeline.RunAsync(Request(ModelStage.Staging) with { Options = options }, Rows, null, CancellationToken.None);
        EnsembleMember[] members = [new("v1", 0.6, await LoadAsync(registry, "v1")), new("v2", 0.4, await LoadAsync(registry, "v2"))];
        var ensemble = await pipeline.RunAsync(
            Request(ModelStage.Staging) with { Kind = "ensemble" }, new ModelEnsemble(members), Rows, null, CancellationToken.None);
        Assert.Equal(("v3", "v1"), (ensemble.Version, ensemble.Evaluation!.Production!.Version));
        Assert.Equal("0.6", (await new RunStore(_source).FindAsync("v3", CancellationToken.None)).Single().Parameters["Weight.v1"]);

        Assert.True(await RefreshAsync());
        await host.PrepareAsync((await ReadAsync()).Staged, CancellationToken.None);
        Assert.Equal(("v1", null, "v3"), (host.Current!.Version, host.Find("v2")?.Version, host.Find("v3")?.Version));

        // A batch that began where v2 is in production already waits here until it is.
        var waiting = host.WaitForAsync("v2");
        Assert.False(waiting.IsCompleted);
        await registry.TransitionAsync("v2", ModelStage.Production, "tester", "a test", CancellationToken.None);
        await RefreshAsync();
        AssertServes(members[1].Artifact, (await waiting)!, "not made of trees");

        // Promoted between a look at the registry and what follows from it: v3 is loaded still.
        var before = await ReadAsync();
        await registry.TransitionAsync("v3", ModelStage.Production, "tester", "a test", CancellationToken.None);
        await host.RefreshAsync(before.Production, CancellationToken.None);
        await host.PrepareAsync(before.Staged, CancellationToken.None);
        Assert.Equal((new VersionsToServe("v2", "v3"), "v3"), (before, host.Find("v3")?.Version));
        Assert.Equal(new VersionsToServe("v3", null), await ReadAsync());
        await RefreshAsync();
        AssertServes(ensemble.Outcome!.Artifact, host.Current, "averages probabilities");
        await registry.RollbackAsync("v3", "tester", "a test", CancellationToken.None);
        await RefreshAsync();
        Assert.Equal("v2", host.Current.Version);
        Assert.Null(await host.WaitForAsync("v9"));
    }

    [Fact]
    public async Task What_was_compared_on_too_few_rows_is_neither_registered_nor_served()
    {
        await using var services = Services("");
        var pipeline = services.GetRequiredService<TrainingPipeline>();
        var registry = services.GetRequiredService<ModelRegistry>();
        await pipeline.RunAsync(Request(ModelStage.Production), Rows, null, CancellationToken.None);
        var few = TrainingParameters.With(Quick, [new("probe_rows", "9999")]);
        var error = await Assert.ThrowsAsync<TrainingParameterException>(
            () => pipeline.RunAsync(Request(ModelStage.Staging) with { Options = few }, Rows, null, CancellationToken.None));
        Assert.Contains("ProbeRows is 9999", error.Message, StringComparison.Ordinal);

        // As another program might have registered it.
        var artifact = await LoadAsync(registry, "v1");
        var probe = new ProbeSet(artifact.Probe.Columns, artifact.Probe.Rows[artifact.Probe.Columns..], artifact.Probe.Probabilities[1..]);
        var smaller = new ModelArtifact(artifact.Metadata, artifact.Trees!, artifact.MlNetModel.Span, probe, artifact.Calibration);
        await registry.RegisterAsync(
            new NewModelVersion
            {
                RunId = Guid.NewGuid(),
                Kind = "train",
                FeatureHash = FeatureList.Default.Hash,
                Artifact = smaller.ToBytes(),
                Metrics = new Dictionary<string, double> { ["auc"] = 1 },
                Parameters = artifact.Metadata.Parameters,
            },
            ModelStage.Staging,
            "tester",
            "a test",
            CancellationToken.None);
        var host = new ModelHost(registry, FeatureList.Default, TimeProvider.System, NullLogger<ModelHost>.Instance);
        await host.RefreshAsync("v1", CancellationToken.None);
        await host.PrepareAsync("v2", CancellationToken.None);
        Assert.Null(host.Find("v2"));
        await registry.TransitionAsync("v2", ModelStage.Production, "tester", "a test", CancellationToken.None);
        Assert.False(await host.RefreshAsync("v2", CancellationToken.None));
        Assert.Equal("v1", host.Current!.Version);
    }

    [Fact]
    public async Task A_training_that_is_stopped_half_way_leaves_no_version_and_no_files()
    {
        await using var services = Services("");
        var request = Request(ModelStage.Production);
        using var stop = new CancellationTokenSource();
        var atEvaluation = new OnReport(text => text.StartsWith("evaluating", StringComparison.Ordinal), stop.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => services.GetRequiredService<TrainingPipeline>().RunAsync(request, Rows, atEvaluation, stop.Token));

        Assert.Empty(await new ModelRegistry(_source).ListAsync(CancellationToken.None));
        Assert.Equal("running", Assert.Single(await new RunStore(_source).ListAsync(10, CancellationToken.None)).Status);
        Assert.False(Directory.Exists(Path.Combine(_folder, "runs", request.RunId.ToString())));

        Assert.Equal("v1", (await services.GetRequiredService<TrainingPipeline>().RunAsync(request, Rows, null, CancellationToken.None)).Version);
    }

    [Fact]
    public async Task A_training_without_frauds_fails_with_its_reason_and_leaves_no_version()
    {
        await using var services = Services("");
        var legitimate = Rows.Select(row => row with { IsFraud = false }).ToList();

        await Assert.ThrowsAsync<TrainingDataException>(
            () => services.GetRequiredService<TrainingPipeline>().RunAsync(Request(ModelStage.Staging), legitimate, null, CancellationToken.None));

        Assert.Empty(await new ModelRegistry(_source).ListAsync(CancellationToken.None));
        var run = Assert.Single(await new RunStore(_source).ListAsync(10, CancellationToken.None));
        Assert.Equal("failed", run.Status);
        Assert.Contains("0 frauds", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_and_an_mlflow_that_is_away_fail_no_training()
    {
        var file = Path.Combine(_folder, "taken");
        await File.WriteAllTextAsync(file, "not a folder");
        await using var services = Services("http://127.0.0.1:1", file);

        var trained = await services.GetRequiredService<TrainingPipeline>().RunAsync(Request(ModelStage.Staging), Rows, null, CancellationToken.None);

        Assert.Equal("v1", trained.Version);
        Assert.Null(trained.Folder);
        var snapshot = trained.Outcome!.Artifact.Metadata.Snapshot!;
        Assert.Equal(Rows.Count, (await services.GetRequiredService<DataSets>().ReadAsync(snapshot.Sha256, CancellationToken.None)).Rows.Count);
    }

    private ServiceProvider Services(string mlflow, string? folder = null)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Levee:Data"] = folder ?? _folder,
                ["Levee:MLflow:TrackingUri"] = mlflow,
                ["Levee:MLflow:Attempts"] = "1",
            })
            .Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton(_source)
            .AddSingleton<ModelRegistry>()
            .AddSingleton<RunStore>()
            .AddSingleton<TransactionReader>()
            .AddLeveeTraining(configuration)
            .BuildServiceProvider();
    }

    private static async Task<ModelArtifact> LoadAsync(ModelRegistry registry, string version) =>
        StoredArtifact.Read(await registry.LoadArtifactAsync(version, CancellationToken.None), FeatureList.Default.Hash);

    private static void AssertServes(ModelArtifact expected, ServingModel model, string whyNoReasons)
    {
        var columns = FeatureList.Default.Count;
        var batch = new double[100];
        float[] rows = [.. Rows.Take(batch.Length).SelectMany(row => row.Features)];
        model.PredictBatch(rows, columns, batch);
        Assert.Equal(Rows.Take(batch.Length).Select(row => expected.Predict(row.Features)), batch);
        Assert.Equal(batch, Rows.Take(batch.Length).Select(row => model.Predict(row.Features)));
        Assert.Null(model.Explainer);
        Assert.Contains(whyNoReasons, model.WhyNoReasons, StringComparison.Ordinal);
    }

    private static TrainingRequest Request(ModelStage stage) => new()
    {
        RunId = Guid.NewGuid(),
        Kind = "train",
        Who = "tester",
        Why = "a test",
        Stage = stage,
        RowsReadAt = TimeProvider.System.GetUtcNow(),
        Options = Quick,
    };

    // Vectors of the real length in which the first value tells frauds from the rest, mostly.
    private static List<TrainingRow> MakeRows()
    {
        var random = new Random(5);
        var start = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return [.. Enumerable.Range(0, 6_000).Select(i =>
        {
            var fraud = random.Next(20) == 0;
            var vector = new float[FeatureList.Default.Count];
            vector[0] = random.Next(100) + (fraud ? 60 : 0);
            vector[1] = random.Next(2);
            var at = start + (i * UnixMicros.PerDay * 40 / 6_000);
            return new TrainingRow(new Guid(i + 1, 0, 0, new byte[8]), at, 1 + random.Next(200), fraud, vector)
            {
                Country = i % 3 == 0 ? "DE" : "NL",
            };
        })];
    }

    private sealed class OnReport(Predicate<string> matches, Action act) : IProgress<string>
    {
        public void Report(string value)
        {
            if (matches(value))
            {
                act();
            }
        }
    }
}
