using Levee.Grains.Retraining;
using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Models;

/// <summary>Makes model versions from what PostgreSQL holds, for the retraining grain.</summary>
public sealed class ModelFactory(StoredRows stored, TrainingPipeline pipeline, IOptions<RetrainOptions> options, TimeProvider time)
{
    private readonly RetrainOptions _options = options.Value;

    /// <summary>Trains on the stored transactions and registers the result in Staging.</summary>
    /// <param name="runId">The run; registering it twice gives the same version.</param>
    /// <param name="who">Who asked for it.</param>
    /// <param name="cancellationToken">Stops between the steps.</param>
    /// <returns>The version.</returns>
    public async Task<string> TrainAndRegisterAsync(Guid runId, string who, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rows = await stored.BuildAsync(now, _options.TrainingDays, _options.WarmUpDays, cancellationToken, _options.MaxTransactions);
        var request = new TrainingRequest
        {
            RunId = runId,
            Kind = "retrain",
            Who = who,
            Why = "trained on stored transactions",
            Stage = ModelStage.Staging,
            RowsReadAt = _options.WarmUpDays >= StoredRows.FullWarmUpDays ? now : null,
            Options = new TrainingOptions
            {
                Seed = _options.Seed,
                DataQuery = StoredRows.Describe(now, _options.TrainingDays, _options.WarmUpDays),
            },
        };
        return (await pipeline.RunAsync(request, rows, progress: null, cancellationToken)).Version;
    }

    /// <summary>Scores two versions on the candidate's held-out period, which came after what it was trained on.</summary>
    public async Task<ModelComparison> CompareAsync(ModelArtifact production, ModelArtifact candidate, CancellationToken cancellationToken)
    {
        var rows = await stored.BuildAsync(time.GetUtcNow(), _options.TrainingDays, _options.WarmUpDays, cancellationToken, _options.MaxTransactions);
        return await Task.Factory.StartNew(
            () =>
            {
                var split = TimeSplit.Of(rows, new TrainingOptions { Seed = _options.Seed });
                return ModelComparison.Of(production, candidate, TimeSplit.Take(rows, split.Test));
            },
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }
}
