using Levee.Grains.Scoring;
using Levee.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Levee.Grains.Models;

/// <summary>
/// Keeps the silo on the version in production: woken by a PostgreSQL notification at once, and by a look every half second in case one
/// was missed. Reports what the silo serves, so that a promotion can be seen to have reached every silo.
/// </summary>
internal sealed partial class ModelRefresher(
    ModelHost host,
    ModelRegistry registry,
    ScoringWarmUp warmUp,
    IGrainFactory grains,
    ILocalSiloDetails silo,
    TimeProvider time,
    ILogger<ModelRefresher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var lastReport = time.GetTimestamp() - (long)(ReportInterval.TotalSeconds * time.TimestampFrequency);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var swapped = await host.RefreshAsync(stoppingToken);
                if (host.Current is not null)
                {
                    await warmUp.RunAsync();
                }

                if (host.Current is { } model && (swapped || time.GetElapsedTime(lastReport) >= ReportInterval))
                {
                    await grains.GetGrain<IModelRegistryGrain>(0).ReportServed(silo.SiloAddress.ToString(), model.Version);
                    lastReport = time.GetTimestamp();
                }

                await host.PrepareAsync(stoppingToken);
                await registry.WaitForChangeAsync(Interval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // PostgreSQL or the cluster is away: the loaded model goes on serving, and the next round tries again.
                LogRefreshFailed(logger, exception);
                await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model registry could not be read; the loaded model goes on serving")]
    private static partial void LogRefreshFailed(ILogger logger, Exception exception);
}
