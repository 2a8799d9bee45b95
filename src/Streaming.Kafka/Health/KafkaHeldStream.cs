namespace Levee.Streaming.Kafka;

/// <summary>A stream that waits because a delivery to its grain failed.</summary>
/// <param name="Stream">The stream, "namespace/key".</param>
/// <param name="Offset">Offset of the first event that is not delivered.</param>
/// <param name="Attempts">Failed attempts in a row.</param>
/// <param name="Error">Type and message of the last failure, or null when they are not known.</param>
public sealed record KafkaHeldStream(string Stream, long Offset, int Attempts, string? Error);
