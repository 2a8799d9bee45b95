using Confluent.Kafka;

namespace Levee.Streaming.Kafka;

/// <summary>A record to be produced.</summary>
/// <param name="Key">The key, which decides the partition; null leaves the partition to the client.</param>
/// <param name="Value">The value, or null for a tombstone.</param>
/// <param name="TimestampMicros">The record's timestamp in microseconds since the Unix epoch (kept to milliseconds); null for now.</param>
/// <param name="Headers">Headers, or null. The trace context is added to them.</param>
public readonly record struct KafkaOutgoingRecord(
    byte[]? Key, byte[]? Value, long? TimestampMicros = null, Headers? Headers = null);
