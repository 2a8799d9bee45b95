using Levee.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Levee.Grains.Scoring;

/// <summary>
/// Opens the prediction log with the silo: a folder that cannot be used is said at the start, and what an earlier process left on the
/// disk goes to PostgreSQL also while nobody asks for a score.
/// </summary>
internal sealed class PredictionLogStart(IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<PredictionLog>();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
