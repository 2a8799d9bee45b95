using Levee.Grains;
using Orleans.Concurrency;

namespace Levee.Api.Tests.Cluster;

[Reentrant]
public sealed class FakeModelGrain(FakeSystem system) : Grain, IModelGrain
{
    public async Task<ServedModel?> GetServed()
    {
        await system.EnterAsync();
        return system.Served;
    }
}
