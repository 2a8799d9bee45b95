using Levee.Features;
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
    FeatureList features,
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
    private long? _reportFailed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var changes = await registry.ListenAsync(stoppingToken);
                while (true)
                {
                    await RefreshAsync(await changes.ReadAsync(features.Hash, stoppingToken), stoppingToken);
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
    private async Task RefreshAsync(VersionsToServe versions, CancellationToken stoppingToken)
    {
        await host.RefreshAsync(versions.Production, stoppingToken);
        if (host.Current is { } model)
        {
            await warmUp.RunAsync();
            if (_reporting.IsCompleted && IsToBeReported(model.Version))
            {
                _reporting = ReportAsync(model.Version);
            }
        }

        if (_preparing.IsCompleted)
        {
            _preparing = PrepareAsync(versions.Staged, stoppingToken);
        }
    }

    // After a failure, at the pace of an unchanged version: a registry that is away is not called by every silo twice a second.
    private bool IsToBeReported(string version) =>
        (_reportFailed is not { } failed || time.GetElapsedTime(failed) >= ReportInterval)
        && (_reported is not { } last || last.Version != version || time.GetElapsedTime(last.At) >= ReportInterval);

    private async Task ReportAsync(string version)
    {
        try
        {
            await grains.GetGrain<IModelRegistryGrain>(0).ReportServed(silo.SiloAddress.ToString(), version);
            _reported = (version, time.GetTimestamp());
            _reportFailed = null;
        }
        catch (Exception exception)
        {
            _reportFailed = time.GetTimestamp();
            LogReportFailed(logger, version, exception);
        }
    }

    private async Task PrepareAsync(string? staged, CancellationToken stoppingToken)
    {
        try
        {
            await host.PrepareAsync(staged, stoppingToken);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "That this silo serves {Version} could not be reported; it is tried again in a few seconds")]
    private static partial void LogReportFailed(ILogger logger, string version, Exception exception);
}
