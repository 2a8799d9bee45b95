namespace Levee.Streaming.Kafka;

/// <summary>
/// How the consumer of this silo is doing. Taken from the service provider like <see cref="IKafkaPartitionOwnership"/>.
/// </summary>
public interface IKafkaStreamHealth
{
    /// <summary>A snapshot; cheap enough for every health request.</summary>
    KafkaStreamHealth GetSnapshot();
}
