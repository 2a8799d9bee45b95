namespace Levee.Streaming.Kafka;

/// <summary>Where a partition begins.</summary>
/// <param name="Epoch">Which log its offsets belong to.</param>
/// <param name="NextOffset">Everything before this offset is complete.</param>
/// <param name="Watermark">The watermark that stamping resumes from.</param>
/// <param name="Checkpoint">What the checkpoint store holds, or null when it holds nothing in this epoch.</param>
/// <param name="BlockedReason">Why the partition must not be read, or null.</param>
internal sealed record PartitionStart(int Epoch, long NextOffset, long Watermark, KafkaCheckpoint? Checkpoint, string? BlockedReason)
{
    /// <summary>The first offset to read: before <see cref="NextOffset"/> when complete records are to be delivered once more.</summary>
    public long ReadFrom { get; init; } = NextOffset;
}
