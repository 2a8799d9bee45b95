namespace Levee.Streaming.Kafka;

/// <summary>The topic that the streams of one namespace are produced to.</summary>
public sealed class KafkaNamespaceOptions
{
    /// <summary>Namespace of the streams.</summary>
    public string Namespace { get; set; } = "";

    /// <summary>Name of the topic.</summary>
    public string Topic { get; set; } = "";

    /// <summary>How keys decide partitions. Defaults to <see cref="KafkaPartitioning.ClientDefault"/>.</summary>
    public KafkaPartitioning Partitioning { get; set; } = KafkaPartitioning.ClientDefault;

    /// <summary>Makes the writer, once a silo. Required; set in code.</summary>
    public Func<IServiceProvider, IKafkaRecordWriter>? Writer { get; set; }
}
