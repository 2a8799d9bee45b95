namespace Levee.Grains;

/// <summary>Delivers records once more at an operator's request: one grain, key 0, in front of all silos.</summary>
[Alias("levee.IReplayGrain")]
public interface IReplayGrain : IGrainWithIntegerKey
{
    /// <summary>Begins a replay on every partition concerned, or on none when one of them cannot be replayed.</summary>
    [Alias("Start")]
    Task<ReplayAnswer> Start(ReplayRequest request);

    /// <summary>How far the last replay of each partition is.</summary>
    [Alias("GetStatus")]
    Task<ReplayAnswer> GetStatus();
}
