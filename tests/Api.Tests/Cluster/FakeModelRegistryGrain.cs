using Levee.Grains;
using Orleans.Concurrency;

namespace Levee.Api.Tests.Cluster;

[Reentrant]
public sealed class FakeModelRegistryGrain(FakeSystem system) : Grain, IModelRegistryGrain
{
    public async Task<ModelVersion[]> List()
    {
        await system.EnterAsync();
        return system.Models;
    }

    public async Task<ModelVersion?> Promote(string version, string who, string why)
    {
        await system.EnterAsync();
        system.Transitions.Enqueue($"promote {version} by {who}: {why}");
        return system.Models.Any(m => m.Version == version) ? FakeSystem.Model(version, "Production") : null;
    }

    public async Task<ModelVersion?> Rollback(string who, string why)
    {
        await system.EnterAsync();
        system.Transitions.Enqueue($"rollback by {who}: {why}");
        return system.PreviousVersion is { } version ? FakeSystem.Model(version, "Production") : null;
    }

    public Task ReportServed(string silo, string version) => Task.CompletedTask;

    public async Task<Dictionary<string, string>> GetServed()
    {
        await system.EnterAsync();
        return new Dictionary<string, string> { ["S127.0.0.1:11111:1"] = "v2" };
    }
}
