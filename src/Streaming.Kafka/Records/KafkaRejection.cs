namespace Levee.Streaming.Kafka;

/// <summary>Why a record is not usable. It goes to the dead-letter topic with this reason.</summary>
/// <param name="Reason">One sentence for people: what was expected and what stood there.</param>
/// <param name="Field">The offending field, or null when the record as a whole is unreadable.</param>
public readonly record struct KafkaRejection(string Reason, string? Field = null);
