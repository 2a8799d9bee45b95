namespace Levee.Streaming.Kafka;

/// <summary>How the consumer of a silo is doing.</summary>
/// <param name="IsRunning">True between the start of the consumer and its stop.</param>
/// <param name="LastError">What the Kafka client or the checkpoint store last complained about, or null while all is well.</param>
/// <param name="Partitions">The partitions that the silo owns.</param>
public sealed record KafkaStreamHealth(bool IsRunning, string? LastError, IReadOnlyList<KafkaPartitionHealth> Partitions)
{
    /// <summary>True when the consumer runs, nothing is wrong and no partition is blocked.</summary>
    public bool IsHealthy => IsRunning && LastError is null && Partitions.All(p => p.BlockedReason is null);
}
