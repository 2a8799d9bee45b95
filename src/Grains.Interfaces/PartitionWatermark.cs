namespace Levee.Grains;

/// <summary>How far event time has durably advanced on one partition of the transactions topic.</summary>
/// <param name="Epoch">The log that the partition belongs to.</param>
/// <param name="Partition">Partition number, from 0.</param>
/// <param name="WatermarkMicros">Microseconds since the Unix epoch; no later record counts as on time before it.</param>
/// <param name="IsGone">The topic has no such partition since the epoch began; the watermark is that of the others.</param>
[GenerateSerializer, Immutable, Alias("levee.PartitionWatermark")]
public readonly record struct PartitionWatermark(
    [property: Id(0)] int Epoch,
    [property: Id(1)] int Partition,
    [property: Id(2)] long WatermarkMicros,
    [property: Id(3)] bool IsGone = false);
