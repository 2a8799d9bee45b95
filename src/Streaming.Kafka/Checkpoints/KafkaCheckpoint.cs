namespace Levee.Streaming.Kafka;

/// <summary>How far one partition's work is durable.</summary>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Epoch">Which log the offsets belong to, from 1.</param>
/// <param name="Partition">Partition number, from 0.</param>
/// <param name="NextOffset">Everything before this offset is complete.</param>
/// <param name="WatermarkMicros">
/// The watermark stamped on the last complete record, or the one to which an idle partition has advanced since; microseconds since the
/// Unix epoch, <see cref="KafkaPosition.NoWatermark"/> before the first.
/// </param>
public sealed record KafkaCheckpoint(string Topic, int Epoch, int Partition, long NextOffset, long WatermarkMicros);
