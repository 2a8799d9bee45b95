using Levee.Streaming.Kafka;
using Orleans.Placement;

namespace Levee.Grains.Replay;

/// <inheritdoc cref="ISiloReplayGrain"/>
[RandomPlacement]
internal sealed class SiloReplayGrain(IKafkaReplay replay, ILocalSiloDetails silo) : Grain, ISiloReplayGrain
{
    /// <summary>The state of a replay that ended early.</summary>
    public const string Interrupted = "interrupted";

    private const string Running = "running";
    private const string Done = "done";

    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        this.GetPrimaryKeyString() == silo.SiloAddress.ToParsableString()
            ? Task.CompletedTask
            : throw new InvalidOperationException($"The grain of silo {this.GetPrimaryKeyString()} was placed on {silo.SiloAddress}.");

    public async Task<ReplayPartition[]> Plan(ReplayRequest request)
    {
        var plans = await replay.PlanAsync(
            new KafkaReplayRequest(request.Topic, request.Partition, request.Offset, request.FromMicros), CancellationToken.None);
        return [.. plans.Select(plan => new ReplayPartition
        {
            Topic = plan.Topic,
            Partition = plan.Partition,
            Epoch = plan.Epoch,
            From = plan.From,
            To = plan.To,
            Next = plan.From,
            State = plan.From < plan.To ? Running : Done,
            Refusal = plan.Refusal,
        })];
    }

    public Task Begin(ReplayPartition[] plans)
    {
        replay.Begin([.. plans.Select(plan => new KafkaReplayPlan(
            plan.Topic, plan.Partition, plan.Epoch, plan.From, plan.To, plan.Refusal))]);
        return Task.CompletedTask;
    }

    public Task<ReplayPartition[]> GetStatus() => Task.FromResult<ReplayPartition[]>([.. replay.GetStatus().Select(ToContract)]);

    private static ReplayPartition ToContract(KafkaReplayStatus status) => new()
    {
        Topic = status.Topic,
        Partition = status.Partition,
        From = status.From,
        To = status.To,
        Next = status.Next,
        State = status.State switch
        {
            KafkaReplayState.Running => Running,
            KafkaReplayState.Done => Done,
            _ => Interrupted,
        },
    };
}
