using Levee.Grains;
using Orleans.Concurrency;

namespace Levee.Api.Tests.Cluster;

[Reentrant]
public sealed class FakeLabelGrain(FakeSystem system) : Grain, ILabelGrain
{
    public async Task<int> Add(LabelSubmission[] labels)
    {
        await system.EnterAsync();
        foreach (var label in labels)
        {
            system.Labels.Enqueue(label);
        }

        return labels.Length - 1;
    }
}
