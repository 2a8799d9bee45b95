namespace Levee.Streaming.Kafka;

/// <summary>A partition that this silo reads.</summary>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Partition">Partition number, from 0.</param>
/// <param name="Epoch">Which log its offsets belong to, from 1.</param>
/// <param name="NextOffset">Everything before this offset is complete and stored in the checkpoint; 0 before the first.</param>
/// <param name="WatermarkMicros">
/// The stored watermark, microseconds since the Unix epoch; <see cref="KafkaPosition.NoWatermark"/> before the first.
/// </param>
public sealed record KafkaOwnedPartition(string Topic, int Partition, int Epoch, long NextOffset, long WatermarkMicros);
