namespace Levee.Streaming.Kafka;

/// <summary>Headers of a record on a dead-letter topic. All values are UTF-8 text, numbers in invariant decimal.</summary>
public static class KafkaDeadLetterHeaders
{
    /// <summary>What all of these names begin with. Other headers of a letter are the record's own.</summary>
    public const string Prefix = "dead-letter-";

    /// <summary>Why the record cannot be used.</summary>
    public const string Reason = "dead-letter-reason";

    /// <summary>The offending field; absent when it is not known.</summary>
    public const string Field = "dead-letter-field";

    /// <summary>The topic that the record came from.</summary>
    public const string Topic = "dead-letter-topic";

    /// <summary>The partition that the record came from.</summary>
    public const string Partition = "dead-letter-partition";

    /// <summary>The record's offset there.</summary>
    public const string Offset = "dead-letter-offset";

    /// <summary>The record's Kafka timestamp in milliseconds since the Unix epoch; absent when it has none.</summary>
    public const string Timestamp = "dead-letter-timestamp";

    /// <summary>The stream, "namespace/key", whose grain failed on the record; absent when the record itself is unusable.</summary>
    public const string Stream = "dead-letter-stream";

    /// <summary>How often the delivery to that stream failed; absent when the record itself is unusable.</summary>
    public const string Attempts = "dead-letter-attempts";

    /// <summary>Full name of the type of the last failure; absent when there is none or it is not known.</summary>
    public const string ExceptionType = "dead-letter-exception";

    /// <summary>
    /// How many bytes the record's value has, in a letter that comes without it: it is too large for the dead-letter topic, and lies at
    /// <see cref="Offset"/>. Absent in all others.
    /// </summary>
    public const string ValueBytes = "dead-letter-value-bytes";
}
