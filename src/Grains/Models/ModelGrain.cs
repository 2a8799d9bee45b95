using Levee.Grains.Scoring;
using Orleans.Concurrency;

namespace Levee.Grains.Models;

/// <inheritdoc cref="IModelGrain"/>
[StatelessWorker(1)]
internal sealed class ModelGrain(ModelHost host, ScoringWarmUp warmUp) : Grain, IModelGrain
{
    public Task<ServedModel?> GetServed() => Task.FromResult(
        warmUp.IsDone && host.Current is { } model ? new ServedModel(model.Version, model.FeatureHash, model.Threshold) : null);
}
