using Levee.Storage;

namespace Levee.Grains.Streams;

/// <summary>The offset vector in terms of what grains receive.</summary>
internal static class OffsetVectorExtensions
{
    /// <summary>Whether a record's effect is already in the state.</summary>
    public static bool Covers(this OffsetVector vector, TransactionRecord record) => vector.Covers(record.Epoch, record.Partition, record.Offset);

    /// <summary>Takes a record's position over, after its effect.</summary>
    public static void Advance(this OffsetVector vector, TransactionRecord record) =>
        vector.Advance(record.Epoch, record.Partition, record.Offset, record.WatermarkMicros);

    /// <summary>Takes durable watermarks of partitions over.</summary>
    public static void AdvanceWatermarks(this OffsetVector vector, ReadOnlySpan<PartitionWatermark> watermarks)
    {
        foreach (var watermark in watermarks)
        {
            if (watermark.IsGone)
            {
                vector.Retire(watermark.Epoch, watermark.Partition, watermark.WatermarkMicros);
            }
            else
            {
                vector.AdvanceWatermark(watermark.Epoch, watermark.Partition, watermark.WatermarkMicros);
            }
        }
    }
}
