using Orleans.Concurrency;

namespace Levee.Grains.Models;

/// <inheritdoc cref="IModelGrain"/>
[StatelessWorker(1)]
internal sealed class ModelGrain(ModelHost host) : Grain, IModelGrain
{
    public Task<ServedModel?> GetServed() => Task.FromResult(
        host.Current is { } model ? new ServedModel(model.Version, model.FeatureHash, model.Threshold) : null);
}
