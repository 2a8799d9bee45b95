namespace Levee.Api.Hosting;

/// <summary>
/// Connects the Orleans client in the background. As a hosted service of its own it would hold the web server back until the first silo
/// is up, and nobody could ask /health/live meanwhile.
/// </summary>
internal sealed class ClusterConnection(IReadOnlyList<IHostedService> client) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var service in client)
        {
            await service.StopAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var service in client)
        {
            await service.StartAsync(stoppingToken);
        }
    }
}
