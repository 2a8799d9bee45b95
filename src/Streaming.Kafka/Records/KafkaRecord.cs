using Confluent.Kafka;

namespace Levee.Streaming.Kafka;

/// <summary>A record as Kafka delivered it, before an adapter has read it.</summary>
public readonly struct KafkaRecord
{
    /// <summary>Creates a record.</summary>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="partition">Partition number, from 0.</param>
    /// <param name="offset">Offset in the partition, from 0.</param>
    /// <param name="timestampMicros">The record's Kafka timestamp in microseconds since the Unix epoch; null when it has none.</param>
    /// <param name="key">The key; null when the record has none.</param>
    /// <param name="value">The value; null for a tombstone.</param>
    /// <param name="headers">The headers; null when there are none.</param>
    public KafkaRecord(
        string topic, int partition, long offset, long? timestampMicros, byte[]? key, byte[]? value, Headers? headers = null)
    {
        Topic = topic;
        Partition = partition;
        Offset = offset;
        TimestampMicros = timestampMicros;
        Key = key;
        Value = value;
        Headers = headers;
    }

    /// <summary>Name of the topic.</summary>
    public string Topic { get; }

    /// <summary>Partition number, from 0.</summary>
    public int Partition { get; }

    /// <summary>Offset in the partition, from 0.</summary>
    public long Offset { get; }

    /// <summary>The record's Kafka timestamp in microseconds since the Unix epoch; null when it has none.</summary>
    public long? TimestampMicros { get; }

    /// <summary>The key; null when the record has none.</summary>
    public byte[]? Key { get; }

    /// <summary>The value; null for a tombstone.</summary>
    public byte[]? Value { get; }

    /// <summary>The headers; null when there are none.</summary>
    public Headers? Headers { get; }
}
