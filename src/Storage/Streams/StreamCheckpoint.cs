namespace Levee.Storage;

/// <summary>How far a partition is durable.</summary>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Epoch">The log, from 1.</param>
/// <param name="Partition">Partition number, from 0.</param>
/// <param name="NextOffset">Everything before this offset is durable.</param>
/// <param name="WatermarkMicros">Event time up to which it is, microseconds since the Unix epoch.</param>
public sealed record StreamCheckpoint(string Topic, int Epoch, int Partition, long NextOffset, long WatermarkMicros);
