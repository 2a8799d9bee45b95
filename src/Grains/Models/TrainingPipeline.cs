using Levee.Features;
using Levee.Grains.Tracking;
using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Npgsql;

namespace Levee.Grains.Models;

/// <summary>
/// The one way from rows to a registered version, for the first model, the retraining grain and the command line: the run is noted, the rows
/// are kept, the model is trained and evaluated against the version in production, the files are written, and one transaction registers all of
/// it. A training that is killed before leaves a run that says "running" and nothing else.
/// </summary>
public sealed class TrainingPipeline(
    ModelRegistry registry, RunStore runs, RunFolders folders, MlflowTracker mlflow, FeatureList features, TimeProvider time)
{
    /// <summary>Trains and registers.</summary>
    /// <param name="request">What to train and why.</param>
    /// <param name="rows">Rows in the order of their event times.</param>
    /// <param name="progress">Receives a sentence at each step; null for none.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <exception cref="TrainingDataException">The rows do not allow a training; the run says so.</exception>
    public async Task<TrainedVersion> RunAsync(
        TrainingRequest request, IReadOnlyList<TrainingRow> rows, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(rows);
        if (await registry.FindByRunAsync(request.RunId, cancellationToken) is { } known)
        {
            return new TrainedVersion(known, null, null, null);
        }

        var started = time.GetUtcNow();
        await runs.StartAsync(request.RunId, request.Kind, request.Who, TrainingParameters.Describe(request.Options), cancellationToken);
        try
        {
            return await TrainAsync(request, rows, started, progress, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await NoteFailureAsync(request.RunId, exception);
            throw;
        }
    }

    private async Task<TrainedVersion> TrainAsync(
        TrainingRequest request, IReadOnlyList<TrainingRow> rows, DateTimeOffset started, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var production = await FindProductionAsync(cancellationToken);
        var (outcome, evaluation) = await OffTheTurn(
            () =>
            {
                var trained = new ModelTrainer(time).Train(rows, features, request.Options, progress, cancellationToken);
                var test = TimeSplit.Take(rows, trained.Split.Test);
                progress?.Report($"evaluating on {test.Count:N0} transactions, with intervals");
                var options = new EvaluationOptions { Seed = request.Options.Seed, ReviewCost = request.Options.ReviewCost };
                return (trained, ModelEvaluator.Evaluate(trained.Artifact, test, options, production, cancellationToken));
            },
            cancellationToken);
        outcome = await KeepRowsAsync(request, rows, outcome, cancellationToken);
        var files = RunFiles.Make(new RunDescription(request.RunId, request.Kind, request.Who), outcome, evaluation)
            .Select(file => new RunArtifact(file.Name, file.Content))
            .ToList();
        var folder = await folders.WriteAsync(request.RunId, files, cancellationToken);
        var model = new NewModelVersion
        {
            RunId = request.RunId,
            Kind = request.Kind,
            FeatureHash = outcome.Artifact.Metadata.FeatureHash,
            Artifact = outcome.Artifact.ToBytes(),
            Parameters = outcome.Artifact.Metadata.Parameters,
            Metrics = RunFiles.MetricsOf(outcome, evaluation),
            Files = files,
        };
        var version = await registry.RegisterAsync(model, request.Stage, request.Who, request.Why, cancellationToken);
        await mlflow.TrackAsync(
            new TrackedRun
            {
                RunId = request.RunId,
                Kind = request.Kind,
                Who = request.Who,
                Version = version,
                Stage = request.Stage,
                StartedAt = started,
                EndedAt = time.GetUtcNow(),
                Parameters = model.Parameters,
                Metrics = model.Metrics,
                Files = files,
            },
            cancellationToken);
        return new TrainedVersion(version, outcome, evaluation, folder);
    }

    private async Task<TrainingOutcome> KeepRowsAsync(
        TrainingRequest request, IReadOnlyList<TrainingRow> rows, TrainingOutcome outcome, CancellationToken cancellationToken)
    {
        if (!folders.KeepsSnapshots)
        {
            return outcome;
        }

        var metadata = outcome.Artifact.Metadata;
        var data = new DataSet
        {
            Query = request.Options.DataQuery,
            FeatureNames = metadata.FeatureNames,
            FeatureHash = metadata.FeatureHash,
            Rows = rows,
        };
        try
        {
            var snapshot = await DataSetFile.WriteAsync(folders.Snapshots, data, cancellationToken);
            return outcome with { Artifact = outcome.Artifact.With(metadata with { Snapshot = snapshot }) };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            folders.SnapshotFailed(request.RunId, exception);
            return outcome;
        }
    }

    // Another feature list cannot be given the same rows, so such a version is not compared.
    private async Task<(string Version, ModelArtifact Artifact)?> FindProductionAsync(CancellationToken cancellationToken)
    {
        if (await registry.GetProductionVersionAsync(cancellationToken) is not { } version)
        {
            return null;
        }

        try
        {
            return (version, ModelArtifact.FromBytes(await registry.LoadArtifactAsync(version, cancellationToken), features.Hash));
        }
        catch (ModelArtifactException)
        {
            return null;
        }
    }

    // The database may be what failed; the first failure is the one to tell.
    private async Task NoteFailureAsync(Guid runId, Exception exception)
    {
        try
        {
            await runs.FailAsync(runId, exception.Message, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The run stays "running", as after a kill.
        }
    }

    // Seconds to minutes of work: not on a thread that grains need for their turns.
    private static Task<T> OffTheTurn<T>(Func<T> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
