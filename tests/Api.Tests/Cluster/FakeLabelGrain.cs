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

    public async Task<int?> AddOnce(LabelRequestKey key, LabelSubmission[] labels)
    {
        await system.EnterAsync();
        if (system.LabelRequests.TryAdd((key.Caller, key.Key), key.BodyHash))
        {
            return await Add(labels);
        }

        return system.LabelRequests[(key.Caller, key.Key)].AsSpan().SequenceEqual(key.BodyHash) ? labels.Length - 1 : null;
    }
}
