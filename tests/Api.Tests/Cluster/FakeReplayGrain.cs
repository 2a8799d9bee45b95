using Levee.Grains;
using Orleans.Concurrency;

namespace Levee.Api.Tests.Cluster;

[Reentrant]
public sealed class FakeReplayGrain(FakeSystem system) : Grain, IReplayGrain
{
    public async Task<ReplayAnswer> Start(ReplayRequest request)
    {
        await system.EnterAsync();
        system.Replays.Enqueue(request);
        return request.Topic == "transactions"
            ? new ReplayAnswer([], [Partition("running")])
            : new ReplayAnswer([$"Offset {request.Offset} of {request.Topic} is gone."], []);
    }

    public async Task<ReplayAnswer> GetStatus()
    {
        await system.EnterAsync();
        return new ReplayAnswer([], [Partition("done")]);
    }

    private static ReplayPartition Partition(string state) => new()
    {
        Topic = "transactions",
        Partition = 3,
        From = 10,
        To = 20,
        Next = 15,
        State = state,
    };
}
