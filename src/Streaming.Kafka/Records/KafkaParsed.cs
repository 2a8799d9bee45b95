namespace Levee.Streaming.Kafka;

/// <summary>What an adapter read from a record.</summary>
/// <param name="Payload">The event, handed to <see cref="IKafkaRecordAdapter.Route"/> once its position is known.</param>
/// <param name="EventTimeMicros">
/// When the event happened, in microseconds since the Unix epoch; null for a record that says nothing about time and so does not move
/// the watermark.
/// </param>
public readonly record struct KafkaParsed(object Payload, long? EventTimeMicros);
