using Orleans.Concurrency;

namespace Levee.Grains.Retraining;

/// <inheritdoc cref="IDriftGrain"/>
[StatelessWorker(1)]
internal sealed class DriftGrain(DriftMeter meter) : Grain, IDriftGrain
{
    public Task<DriftReport?> Measure() => meter.MeasureAsync(CancellationToken.None);
}
