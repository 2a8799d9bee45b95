namespace Levee.Streaming.Kafka;

/// <summary>What happens when records that were never read are gone from the beginning of the log.</summary>
public enum TruncatedLogPolicy
{
    /// <summary>The partition stands still and says so until an operator decides.</summary>
    Block,

    /// <summary>Go on at the first record still there; what was lost is logged.</summary>
    GoOn,
}
