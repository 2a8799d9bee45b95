using Levee.Grains;
using Orleans.Concurrency;

namespace Levee.Api.Tests.Cluster;

[Reentrant]
public sealed class FakeHealthGrain(FakeSystem system) : Grain, IHealthGrain
{
    public async Task<SystemHealth> Check()
    {
        await system.EnterAsync();
        return system.Health;
    }
}
