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

    private Task _reporting = Task.CompletedTask;
    private Task _preparing = Task.CompletedTask;
    private (string Version, long At)? _reported;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var changes = await registry.ListenAsync(stoppingToken);
                while (true)
                {
                    await RefreshAsync(stoppingToken);
                    await changes.WaitAsync(Interval, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // PostgreSQL is away: the loaded model goes on serving, and the next round tries again.
                LogRefreshFailed(logger, exception);
                await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // What may take its time goes on beside: the next change must not wait for it.
    private async Task RefreshAsync(CancellationToken stoppingToken)
    {
        await host.RefreshAsync(stoppingToken);
        if (host.Current is { } model)
        {
            await warmUp.RunAsync();
            if (_reporting.IsCompleted
                && (_reported is not { } last || last.Version != model.Version || time.GetElapsedTime(last.At) >= ReportInterval))
            {
                _reporting = ReportAsync(model.Version);
            }
        }

        if (_preparing.IsCompleted)
        {
            _preparing = PrepareAsync(stoppingToken);
        }
    }

    private async Task ReportAsync(string version)
    {
        try
        {
            await grains.GetGrain<IModelRegistryGrain>(0).ReportServed(silo.SiloAddress.ToString(), version);
            _reported = (version, time.GetTimestamp());
        }
        catch (Exception exception)
        {
            LogReportFailed(logger, version, exception);
        }
    }

    private async Task PrepareAsync(CancellationToken stoppingToken)
    {
        try
        {
            await host.PrepareAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            LogRefreshFailed(logger, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model registry could not be read; the loaded model goes on serving")]
    private static partial void LogRefreshFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "That this silo serves {Version} could not be reported; the next round tries again")]
    private static partial void LogReportFailed(ILogger logger, string version, Exception exception);
}
