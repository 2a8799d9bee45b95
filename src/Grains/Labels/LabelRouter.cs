using Levee.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Levee.Grains.Labels;

/// <summary>
/// Tells merchants that PostgreSQL holds labels which they have not folded yet: at once when this silo stored some, and every two seconds
/// for those that other silos stored, that came before their transaction or that a crash left behind. A merchant that is told twice
/// finds nothing the second time.
/// </summary>
internal sealed partial class LabelRouter(LabelStore store, IGrainFactory grains, TimeProvider time, ILogger<LabelRouter> logger)
    : BackgroundService
{
    private const int MerchantsAtOnce = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>Looks soon rather than at the next interval.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else woke it in between, which is as good.
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var merchants = await store.ReadMerchantsWithPendingAsync(MerchantsAtOnce, stoppingToken);
                await Task.WhenAll(merchants.Select(id => grains.GetGrain<IMerchantGrain>(id).FoldPendingLabels())).WaitAsync(stoppingToken);
                if (merchants.Count < MerchantsAtOnce)
                {
                    await _wake.WaitAsync(Interval, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(logger, exception);
                await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Labels could not be handed to their merchants; they stay stored and the next round tries again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
