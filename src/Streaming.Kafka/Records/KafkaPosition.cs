namespace Levee.Streaming.Kafka;

/// <summary>
/// Where a record came from and how far event time had advanced when it was received. (Epoch, Topic, Partition, Offset) names a
/// record once and for all: a redelivered record carries the very same position, the stamped watermark included.
/// </summary>
/// <param name="Epoch">Which log the offset belongs to, from 1. A re-created topic begins a new epoch.</param>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Partition">Partition number, from 0.</param>
/// <param name="Offset">Offset in the partition, from 0.</param>
/// <param name="WatermarkMicros">
/// The partition's watermark, this record included: the newest event time less the watermark delay, in microseconds since the Unix
/// epoch; <see cref="NoWatermark"/> before the first event time.
/// </param>
[GenerateSerializer, Immutable, Alias("levee.kafka.Position")]
public readonly record struct KafkaPosition(
    [property: Id(0)] int Epoch,
    [property: Id(1)] string Topic,
    [property: Id(2)] int Partition,
    [property: Id(3)] long Offset,
    [property: Id(4)] long WatermarkMicros)
{
    /// <summary>The watermark of a partition on which no event time has been seen.</summary>
    public const long NoWatermark = long.MinValue;

    /// <summary>
    /// True when an operator has this record delivered once more although every stream had completed it (see <see cref="IKafkaReplay"/>).
    /// Its watermark is then that of the checkpoint. A stream that does not recognise it never took it (the record was refused at the
    /// time, or routed elsewhere) and leaves it.
    /// </summary>
    [Id(5)]
    public bool IsReplay { get; init; }
}
