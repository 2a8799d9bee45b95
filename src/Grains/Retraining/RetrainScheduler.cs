using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Levee.Grains.Retraining;

/// <summary>Registers the daily reminder once the silo is up; harmless when every silo does it.</summary>
internal sealed partial class RetrainScheduler(IGrainFactory grains, TimeProvider time, ILogger<RetrainScheduler> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await grains.GetGrain<IRetrainGrain>(0).EnsureScheduled();
                return;
            }
            catch (Exception exception)
            {
                LogFailed(logger, exception);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The daily drift check could not be scheduled yet; trying again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
