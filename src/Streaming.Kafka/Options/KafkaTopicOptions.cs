namespace Levee.Streaming.Kafka;

/// <summary>One topic and the adapter that reads it.</summary>
public sealed class KafkaTopicOptions
{
    /// <summary>Name of the topic.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// Where unusable records go. Defaults to the topic's name followed by <see cref="KafkaStreamOptions.DeadLetterSuffix"/>.
    /// </summary>
    public string? DeadLetterTopic { get; set; }

    /// <summary>Makes the adapter, once a silo. Required; set in code.</summary>
    public Func<IServiceProvider, IKafkaRecordAdapter>? Adapter { get; set; }
}
