using Levee.Features;
using Levee.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Retraining;

/// <summary>
/// Registers the daily reminder once the silo is up, and has a version in production that is of another feature list, as after an update,
/// replaced at once: until then nothing can be scored. Harmless when every silo does it.
/// </summary>
internal sealed partial class RetrainScheduler(
    IGrainFactory grains,
    ModelRegistry registry,
    FeatureList features,
    IOptions<RetrainOptions> options,
    TimeProvider time,
    ILogger<RetrainScheduler> logger) : BackgroundService
{
    private const string OtherList = "feature list";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var grain = grains.GetGrain<IRetrainGrain>(0);
                await grain.EnsureScheduled();
                if (options.Value.Enabled && await IsOfAnotherListAsync(stoppingToken))
                {
                    await grain.Trigger(force: true, OtherList);
                }

                return;
            }
            catch (Exception exception)
            {
                LogFailed(logger, exception);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> IsOfAnotherListAsync(CancellationToken cancellationToken) =>
        (await registry.ListAsync(cancellationToken)).FirstOrDefault(version => version.Stage == ModelStage.Production) is { } version
        && version.FeatureHash != features.Hash;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The daily drift check could not be scheduled yet; trying again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
