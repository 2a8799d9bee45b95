namespace Levee.Streaming.Kafka;

/// <summary>One event for one stream.</summary>
/// <param name="Stream">The stream, which for an implicit subscription names the grain.</param>
/// <param name="Payload">The event; serialisable by Orleans and immutable.</param>
public readonly record struct KafkaStreamEvent(StreamId Stream, object Payload);
