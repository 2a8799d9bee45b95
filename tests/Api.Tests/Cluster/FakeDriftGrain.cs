using Levee.Grains;
using Orleans.Concurrency;

namespace Levee.Api.Tests.Cluster;

[Reentrant]
public sealed class FakeDriftGrain(FakeSystem system) : Grain, IDriftGrain
{
    public async Task<DriftReport?> Measure()
    {
        await system.EnterAsync();
        return system.Drift;
    }
}
