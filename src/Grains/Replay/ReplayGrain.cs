using Levee.Grains.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Placement;

namespace Levee.Grains.Replay;

/// <inheritdoc cref="IReplayGrain"/>
internal sealed class ReplayGrain(IOptions<KafkaOptions> kafka) : Grain, IReplayGrain
{
    public async Task<ReplayAnswer> Start(ReplayRequest request)
    {
        if (request.Topic != kafka.Value.TransactionsTopic && request.Topic != kafka.Value.LabelsTopic)
        {
            return Refuse(
                $"Levee does not read topic {request.Topic}: it reads {kafka.Value.TransactionsTopic} and {kafka.Value.LabelsTopic}.");
        }

        var silos = await FindSilosAsync();
        var plans = await Task.WhenAll(silos.Select(silo => silo.Plan(request)));
        var all = plans.SelectMany(plan => plan).OrderBy(plan => plan.Partition).ToArray();
        var refusals = all.Select(plan => plan.Refusal).OfType<string>().ToArray();
        if (refusals.Length > 0)
        {
            return new ReplayAnswer(refusals, []);
        }

        if (all.Length == 0)
        {
            return Refuse(request.Partition is { } partition
                ? $"No silo reads partition {partition} of {request.Topic} now: it does not exist, or is changing hands."
                : $"No silo reads topic {request.Topic} now; try again when the partitions have been assigned.");
        }

        await Task.WhenAll(silos.Zip(plans, (silo, plan) => silo.Begin(plan)));
        return new ReplayAnswer([], all);
    }

    public async Task<ReplayAnswer> GetStatus()
    {
        var status = await Task.WhenAll((await FindSilosAsync()).Select(silo => silo.GetStatus()));

        // A partition that changed hands has one on each of its silos: the one that is not over says how it is.
        var newest = status.SelectMany(replays => replays)
            .GroupBy(replay => (replay.Topic, replay.Partition))
            .Select(replays => replays.MinBy(replay => replay.State == SiloReplayGrain.Interrupted)!)
            .OrderBy(replay => replay.Topic, StringComparer.Ordinal)
            .ThenBy(replay => replay.Partition);
        return new ReplayAnswer([], [.. newest]);
    }

    private static ReplayAnswer Refuse(string sentence) => new([sentence], []);

    private async Task<List<ISiloReplayGrain>> FindSilosAsync()
    {
        var hosts = await GrainFactory.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        var grains = new List<ISiloReplayGrain>(hosts.Count);
        foreach (var silo in hosts.Keys.Order())
        {
            // The hint places a grain that is not there yet; the address in the key makes sure that it is never needed elsewhere.
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
            var grain = GrainFactory.GetGrain<ISiloReplayGrain>(silo.ToParsableString());
            await grain.GetStatus();
            grains.Add(grain);
        }

        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        return grains;
    }
}
