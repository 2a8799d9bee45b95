using Levee.Grains;
using Orleans.Concurrency;

namespace Levee.Api.Tests.Cluster;

[Reentrant]
public sealed class FakeRetrainGrain(FakeSystem system) : Grain, IRetrainGrain
{
    public Task EnsureScheduled() => Task.CompletedTask;

    public async Task<RetrainStatus> Trigger(bool force, string who)
    {
        await system.EnterAsync();
        system.Retrain = new RetrainStatus
        {
            RunId = new Guid("01234567-89ab-4def-8123-456789abcdef"),
            Step = RetrainStep.CheckDrift,
            Forced = force,
            TriggeredBy = who,
            StartedAt = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
            CurrentAuc = double.NaN,
        };
        return system.Retrain;
    }

    public Task<bool> ReplaceOtherList(string featureHash) => Task.FromResult(true);

    public async Task<RetrainStatus> GetStatus()
    {
        await system.EnterAsync();
        return system.Retrain;
    }
}
