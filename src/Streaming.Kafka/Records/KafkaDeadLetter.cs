using Confluent.Kafka;

namespace Levee.Streaming.Kafka;

/// <summary>A record that cannot be used, with the reason and its origin.</summary>
public sealed record KafkaDeadLetter
{
    /// <summary>The topic that the record came from; its dead-letter topic receives the letter.</summary>
    public required string Topic { get; init; }

    /// <summary>The record's partition.</summary>
    public required int Partition { get; init; }

    /// <summary>The record's offset.</summary>
    public required long Offset { get; init; }

    /// <summary>Why it cannot be used.</summary>
    public required KafkaRejection Rejection { get; init; }

    /// <summary>The record's Kafka timestamp in microseconds since the Unix epoch, or null when it is not known.</summary>
    public long? TimestampMicros { get; init; }

    /// <summary>The record's key, or null.</summary>
    public byte[]? Key { get; init; }

    /// <summary>The record's value, or null.</summary>
    public byte[]? Value { get; init; }

    /// <summary>The record's own headers, which the letter keeps beside <see cref="KafkaDeadLetterHeaders"/>; null when there are none.</summary>
    public Headers? Headers { get; init; }

    /// <summary>The stream whose grain failed on the record, "namespace/key"; null when the record itself is unusable.</summary>
    public string? Stream { get; init; }

    /// <summary>How often the delivery to that stream failed; null when the record itself is unusable.</summary>
    public int? Attempts { get; init; }

    /// <summary>Full name of the type of the last failure; null when there is none or it is not known.</summary>
    public string? ExceptionType { get; init; }
}
