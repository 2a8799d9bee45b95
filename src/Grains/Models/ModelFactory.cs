using Levee.Features;
using Levee.Grains.Retraining;
using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Models;

/// <summary>Makes model versions from what PostgreSQL holds, with the feature code of the grains.</summary>
public sealed class ModelFactory(
    TransactionReader reader,
    ModelRegistry registry,
    FeatureList features,
    IOptions<RetrainOptions> options,
    TimeProvider time)
{
    private readonly RetrainOptions _options = options.Value;

    /// <summary>Trains on the stored transactions and registers the result in Staging.</summary>
    /// <param name="runId">The run; registering it twice gives the same version.</param>
    /// <param name="who">Who asked for it.</param>
    /// <param name="cancellationToken">Stops between the steps.</param>
    /// <returns>The version.</returns>
    public async Task<string> TrainAndRegisterAsync(Guid runId, string who, CancellationToken cancellationToken)
    {
        var rows = await BuildRowsAsync(cancellationToken);
        var training = new TrainingOptions { Seed = _options.Seed, DataQuery = "transactions" };
        var outcome = await OffTheTurn(() => new ModelTrainer(time).Train(rows, features, training, progress: null, cancellationToken), cancellationToken);
        return await registry.RegisterAsync(
            NewVersion(outcome, runId, "retrain"), ModelStage.Staging, who, "trained on stored transactions", cancellationToken);
    }

    /// <summary>Scores two versions on the candidate's held-out period, which came after what it was trained on.</summary>
    public async Task<ModelComparison> CompareAsync(ModelArtifact production, ModelArtifact candidate, CancellationToken cancellationToken)
    {
        var rows = await BuildRowsAsync(cancellationToken);
        return await OffTheTurn(
            () =>
            {
                var split = TimeSplit.Of(rows, new TrainingOptions { Seed = _options.Seed });
                return ModelComparison.Of(production, candidate, TimeSplit.Take(rows, split.Test));
            },
            cancellationToken);
    }

    /// <summary>What the registry stores of a training.</summary>
    public static NewModelVersion NewVersion(TrainingOutcome outcome, Guid runId, string kind)
    {
        var test = outcome.Test;
        var confusion = test.Confusion;
        return new NewModelVersion
        {
            RunId = runId,
            Kind = kind,
            FeatureHash = outcome.Artifact.Metadata.FeatureHash,
            Artifact = outcome.Artifact.ToBytes(),
            Parameters = outcome.Artifact.Metadata.Parameters,
            Metrics = new Dictionary<string, double>
            {
                ["auc"] = test.Auc,
                ["average_precision"] = test.AveragePrecision,
                ["precision"] = Finite(confusion.Precision),
                ["recall"] = Finite(confusion.Recall),
                ["f1"] = Finite(confusion.F1),
                ["log_loss"] = test.LogLoss,
                ["threshold"] = test.Threshold,
                ["test_rows"] = test.Rows,
                ["test_frauds"] = test.Frauds,
            },
        };
    }

    private async Task<IReadOnlyList<TrainingRow>> BuildRowsAsync(CancellationToken cancellationToken)
    {
        var now = UnixMicros.FromDateTimeOffset(time.GetUtcNow());
        var first = now - (_options.TrainingDays * UnixMicros.PerDay);
        var history = await reader.ReadAsync(first - (_options.WarmUpDays * UnixMicros.PerDay), now, cancellationToken);
        return await OffTheTurn(
            () => TrainingSetBuilder.Build(
                history.Transactions, history.Labels, now, features, out _, new TrainingSetOptions { RowsFromMicros = first }, cancellationToken),
            cancellationToken);
    }

    // Seconds to minutes of work: not on a thread that grains need for their turns.
    private static Task<T> OffTheTurn<T>(Func<T> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;
}
