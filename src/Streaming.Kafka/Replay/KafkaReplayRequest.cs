namespace Levee.Streaming.Kafka;

/// <summary>What to replay.</summary>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Partition">Only this partition; null for all.</param>
/// <param name="Offset">The first offset; null when a time is given.</param>
/// <param name="FromMicros">
/// The time of the first record, microseconds since the Unix epoch; null when an offset is given. The records' own Kafka timestamps
/// are searched and taken to ascend.
/// </param>
public sealed record KafkaReplayRequest(string Topic, int? Partition, long? Offset, long? FromMicros);
