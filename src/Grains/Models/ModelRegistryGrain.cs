using Levee.Storage;

namespace Levee.Grains.Models;

/// <inheritdoc cref="IModelRegistryGrain"/>
internal sealed class ModelRegistryGrain(ModelRegistry registry, TimeProvider time) : Grain, IModelRegistryGrain
{
    private static readonly TimeSpan ReportLifetime = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, (string Version, long At)> _served = [];

    public async Task<ModelVersion[]> List()
    {
        var versions = await registry.ListAsync(CancellationToken.None);
        return [.. versions.Select(ToContract)];
    }

    public async Task<ModelVersion?> Promote(string version, string who, string why)
    {
        var versions = await registry.ListAsync(CancellationToken.None);
        if (!versions.Any(known => known.Version == version))
        {
            return null;
        }

        await registry.TransitionAsync(version, ModelStage.Production, who, why, CancellationToken.None);
        return await FindAsync(version);
    }

    public async Task<ModelVersion?> Rollback(string who, string why)
    {
        var previous = await registry.GetPreviousProductionAsync(CancellationToken.None);
        return previous is null ? null : await Promote(previous, who, why);
    }

    public Task ReportServed(string silo, string version)
    {
        _served[silo] = (version, time.GetTimestamp());
        return Task.CompletedTask;
    }

    public Task<Dictionary<string, string>> GetServed()
    {
        // A silo that stopped reporting is gone.
        foreach (var (silo, report) in _served)
        {
            if (time.GetElapsedTime(report.At) > ReportLifetime)
            {
                _served.Remove(silo);
            }
        }

        return Task.FromResult(_served.ToDictionary(entry => entry.Key, entry => entry.Value.Version));
    }

    private async Task<ModelVersion?> FindAsync(string version) => (await List()).FirstOrDefault(known => known.Version == version);

    private static ModelVersion ToContract(ModelVersionRow row) => new()
    {
        Version = row.Version,
        Stage = row.Stage.ToString(),
        CreatedAt = row.CreatedAt,
        FeatureHash = row.FeatureHash,
        Metrics = [.. row.Metrics],
    };
}
