using Levee.Grains;
using Levee.Streaming.Kafka;

namespace Levee.Silo.Hosting;

/// <summary>Waits until the silo does its job: it owns partitions and serves a model.</summary>
internal static class SiloReadiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns when the silo is ready.</summary>
    /// <exception cref="StartupException">It is not ready in time.</exception>
    public static async Task WaitAsync(IServiceProvider services, bool needsModel, CancellationToken cancellationToken)
    {
        var grains = services.GetRequiredService<IGrainFactory>();
        var stream = services.GetRequiredService<IKafkaStreamHealth>();
        var time = services.GetRequiredService<TimeProvider>();
        var started = time.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50), time);
        while (time.GetElapsedTime(started) < Patience)
        {
            if (stream.GetSnapshot().IsRunning && (!needsModel || await grains.GetGrain<IModelGrain>(0).GetServed() is not null))
            {
                return;
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }

        var error = stream.GetSnapshot().LastError;
        throw new StartupException(error is null
            ? "The silo was not ready within a minute."
            : $"The silo was not ready within a minute: {error}");
    }
}
