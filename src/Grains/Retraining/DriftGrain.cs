using Orleans.Concurrency;

namespace Levee.Grains.Retraining;

/// <inheritdoc cref="IDriftGrain"/>
[StatelessWorker(1)]
[Reentrant]
internal sealed class DriftGrain(DriftMeter meter) : Grain, IDriftGrain
{
    private Task<DriftReport?>? _running;

    // Many who ask at once get one answer: a measurement reads thousands of rows.
    public Task<DriftReport?> Measure() =>
        _running is { IsCompleted: false } ? _running : _running = meter.MeasureAsync(CancellationToken.None);
}
