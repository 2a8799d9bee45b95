namespace Levee.Streaming.Kafka;

/// <summary>What becomes of an event that a grain fails on again and again.</summary>
public enum DeliveryFailurePolicy
{
    /// <summary>It is delivered again for ever; its stream waits, and so does the partition's checkpoint.</summary>
    Block,

    /// <summary>
    /// After <see cref="KafkaStreamOptions.MaxDeliveryAttempts"/> attempts its record goes to the dead-letter topic, and the stream goes
    /// on behind it.
    /// </summary>
    DeadLetter,
}
