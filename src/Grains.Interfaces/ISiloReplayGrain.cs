namespace Levee.Grains;

/// <summary>The replays of one silo; the key is its address as text, and the grain lives there.</summary>
[Alias("levee.ISiloReplayGrain")]
public interface ISiloReplayGrain : IGrainWithStringKey
{
    /// <summary>What a replay would deliver on the partitions of this silo.</summary>
    [Alias("Plan")]
    Task<ReplayPartition[]> Plan(ReplayRequest request);

    /// <summary>Begins what <see cref="Plan"/> returned.</summary>
    [Alias("Begin")]
    Task Begin(ReplayPartition[] plans);

    /// <summary>How far the last replay of each partition is.</summary>
    [Alias("GetStatus")]
    Task<ReplayPartition[]> GetStatus();
}
