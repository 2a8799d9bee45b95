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
    ModelRegistry registry, RunStore runs, RunFolders folders, DataSets dataSets, MlflowTracker mlflow, FeatureList features, TimeProvider time)
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
        CheckProbe(request.Options);
        return await RunAsync(request, TrainingParameters.Describe(request.Options), TrainAsync, cancellationToken);

        async Task<(TrainingOutcome, ModelEvaluation)> TrainAsync((string, ModelArtifact)? production)
        {
            var (outcome, evaluation) = await OffTheTurn(
                () =>
                {
                    var trained = new ModelTrainer(time).Train(rows, features, request.Options, progress, cancellationToken);
                    return (trained, Evaluate(trained, rows, request.Options, production, progress, cancellationToken));
                },
                cancellationToken);
            return (await KeepRowsAsync(request, rows, outcome, cancellationToken), evaluation);
        }
    }

    /// <summary>Calibrates, tests and registers a weighted mean of versions.</summary>
    /// <param name="request">Why, and how to choose calibration and threshold.</param>
    /// <param name="ensemble">The members.</param>
    /// <param name="rows">Rows in the order of their event times, some of them later than what the members were trained on.</param>
    /// <param name="progress">Receives a sentence at each step; null for none.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <exception cref="TrainingDataException">The rows do not allow it; the run says so.</exception>
    public async Task<TrainedVersion> RunAsync(
        TrainingRequest request,
        ModelEnsemble ensemble,
        IReadOnlyList<TrainingRow> rows,
        IProgress<string>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(ensemble);
        ArgumentNullException.ThrowIfNull(rows);
        CheckProbe(request.Options);
        return await RunAsync(request, EnsembleBuilder.Describe(ensemble), BuildAsync, cancellationToken);

        Task<(TrainingOutcome, ModelEvaluation)> BuildAsync((string, ModelArtifact)? production) => OffTheTurn(
            () =>
            {
                var built = new EnsembleBuilder(time).Build(ensemble, rows, request.Options, progress, cancellationToken);
                return (built, Evaluate(built, rows, request.Options, production, progress, cancellationToken));
            },
            cancellationToken);
    }

    private async Task<TrainedVersion> RunAsync(
        TrainingRequest request,
        IReadOnlyDictionary<string, string> parameters,
        Func<(string, ModelArtifact)?, Task<(TrainingOutcome, ModelEvaluation)>> make,
        CancellationToken cancellationToken)
    {
        if (await registry.FindByRunAsync(request.RunId, cancellationToken) is { } known)
        {
            return new TrainedVersion(known, null, null, null);
        }

        var started = time.GetUtcNow();
        await runs.StartAsync(request.RunId, request.Kind, request.Who, parameters, cancellationToken);
        try
        {
            var (outcome, evaluation) = await make(await FindProductionAsync(cancellationToken));
            return await RegisterAsync(request, outcome, evaluation, started, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await NoteFailureAsync(request.RunId, exception);
            throw;
        }
    }

    // A silo refuses to serve what was compared on fewer rows.
    private static void CheckProbe(TrainingOptions options)
    {
        if (options.ProbeRows < ProbeSet.LeastRowsToServe)
        {
            throw new TrainingParameterException(
                $"{nameof(TrainingOptions.ProbeRows)} is {options.ProbeRows}; a version that is registered needs at least {ProbeSet.LeastRowsToServe}.");
        }
    }

    private static ModelEvaluation Evaluate(
        TrainingOutcome outcome,
        IReadOnlyList<TrainingRow> rows,
        TrainingOptions options,
        (string Version, ModelArtifact Artifact)? production,
        IProgress<string>? progress,
        CancellationToken cancellationToken)
    {
        var test = TimeSplit.Take(rows, outcome.Split.Test);
        progress?.Report($"evaluating on {test.Count:N0} transactions, with intervals");
        var evaluation = new EvaluationOptions { Seed = options.Seed, ReviewCost = options.ReviewCost };
        return ModelEvaluator.Evaluate(outcome.Artifact, test, evaluation, production, cancellationToken);
    }

    private async Task<TrainedVersion> RegisterAsync(
        TrainingRequest request, TrainingOutcome outcome, ModelEvaluation evaluation, DateTimeOffset started, CancellationToken cancellationToken)
    {
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
        var metadata = outcome.Artifact.Metadata;
        var data = new DataSet
        {
            Query = request.Options.DataQuery,
            FeatureNames = metadata.FeatureNames,
            FeatureHash = metadata.FeatureHash,
            Rows = rows,
        };
        return await dataSets.KeepAsync(request.RunId, data, request.RowsReadAt, cancellationToken) is { } snapshot
            ? outcome with { Artifact = outcome.Artifact.With(metadata with { Snapshot = snapshot }) }
            : outcome;
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
            return (version, StoredArtifact.Read(await registry.LoadArtifactAsync(version, cancellationToken), features.Hash));
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
