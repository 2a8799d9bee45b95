namespace Levee.Streaming.Kafka;

/// <summary>How the key of a produced record decides its partition. Records without a key are spread at random.</summary>
public enum KafkaPartitioning
{
    /// <summary>As librdkafka does by default: CRC32 of the key.</summary>
    ClientDefault,

    /// <summary>As Java's producer does by default: murmur2 of the key.</summary>
    Murmur2,

    /// <summary>The key is a whole number in decimal, and the partition is its remainder after division by their number.</summary>
    KeyModulo,
}
