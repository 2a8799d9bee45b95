using Levee.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Levee.Grains.Retraining;

/// <summary>
/// Registers the daily reminder once the silo is up, and asks until the version in production is of this silo's feature list: after an update it
/// may be of another, and nothing can be scored until it is replaced. Harmless when every silo does it: the grain decides.
/// </summary>
internal sealed partial class RetrainScheduler(IGrainFactory grains, FeatureList features, TimeProvider time, ILogger<RetrainScheduler> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var grain = grains.GetGrain<IRetrainGrain>(0);
        var isScheduled = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = RetryAfter;
            try
            {
                if (!isScheduled)
                {
                    await grain.EnsureScheduled();
                    isScheduled = true;
                }

                if (await grain.ReplaceOtherList(features.Hash))
                {
                    return;
                }

                pause = AskAgainAfter;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception);
            }
            catch (Exception)
            {
                return;
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The retraining grain could not be asked yet; trying again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
