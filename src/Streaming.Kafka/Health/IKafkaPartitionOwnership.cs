namespace Levee.Streaming.Kafka;

/// <summary>
/// What this silo reads now. A silo host takes it from the service provider: keyed by the stream provider's name, and without a key for
/// the first provider added.
/// </summary>
public interface IKafkaPartitionOwnership
{
    /// <summary>The partitions that this silo owns, in order of topic and partition; empty while it owns none.</summary>
    IReadOnlyList<KafkaOwnedPartition> Owned { get; }
}
