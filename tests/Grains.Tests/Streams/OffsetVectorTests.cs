using CsCheck;
using Levee.Grains.Streams;
using Levee.Storage;

namespace Levee.Grains.Tests.Streams;

public sealed class OffsetVectorTests
{
    private static readonly Gen<(int Epoch, int Partition, long Offset, long Watermark)> GenPosition =
        Gen.Select(Gen.Int[1, 3], Gen.Int[0, 2], Gen.Long[0, 20], Gen.Long[0, 1_000]);

    /// <summary>Whatever is delivered, in whatever order, each position of the newest epoch has its effect once.</summary>
    [Fact]
    public void Covers_exactly_what_was_taken_over_also_after_a_round_trip() =>
        GenPosition.Array[0, 60].Sample(deliveries =>
        {
            var vector = new OffsetVector();
            var newest = new Dictionary<int, (int Epoch, long Offset)>();
            foreach (var (epoch, partition, offset, watermark) in deliveries)
            {
                var record = Record(epoch, partition, offset, watermark);
                var known = newest.TryGetValue(partition, out var last)
                    && (epoch < last.Epoch || (epoch == last.Epoch && offset <= last.Offset));
                if (vector.Covers(record) != known)
                {
                    return false;
                }

                if (!known)
                {
                    vector.Advance(record);
                    newest[partition] = (epoch, offset);
                }

                vector = OffsetVector.FromJson(vector.ToJson());
            }

            return true;
        });

    [Fact]
    public void The_watermark_is_the_lowest_of_all_partitions_and_never_goes_back() =>
        GenPosition.Array[1, 60].Sample(deliveries =>
        {
            var vector = new OffsetVector();
            var highest = new Dictionary<int, long>();
            foreach (var (_, partition, _, watermark) in deliveries)
            {
                vector.Advance(Record(1, partition, 0, watermark));
                highest[partition] = Math.Max(watermark, highest.GetValueOrDefault(partition, long.MinValue));
                if (vector.WatermarkMicros != highest.Values.Min())
                {
                    return false;
                }
            }

            return true;
        });

    [Fact]
    public void Durable_watermarks_count_only_for_partitions_that_fed_the_grain_and_not_from_older_epochs()
    {
        var vector = new OffsetVector();
        vector.Advance(Record(2, 1, 5, 100));

        vector.AdvanceWatermarks([new PartitionWatermark(2, 7, 900), new PartitionWatermark(1, 1, 800)]);
        Assert.Equal(100, vector.WatermarkMicros);

        vector.AdvanceWatermarks([new PartitionWatermark(2, 1, 300)]);
        Assert.Equal(300, vector.WatermarkMicros);

        vector.AdvanceWatermarks([new PartitionWatermark(3, 1, 400)]);
        Assert.Equal(400, vector.WatermarkMicros);
        Assert.True(vector.Covers(Record(2, 1, 5, 0)));
        Assert.False(vector.Covers(Record(3, 1, 0, 0)));
    }

    [Fact]
    public void A_partition_that_is_gone_holds_nothing_up_any_more()
    {
        var vector = new OffsetVector();
        vector.Advance(Record(1, 7, 5, 100));

        // The only one: the others' watermark counts, and a record of it that comes again is known all the same.
        vector.AdvanceWatermarks([new PartitionWatermark(2, 7, 300, IsGone: true)]);
        Assert.Equal(300, vector.WatermarkMicros);
        Assert.Equal(7, vector.SlowestPartition);
        Assert.True(vector.Covers(Record(1, 7, 5, 0)));

        vector.Advance(Record(2, 1, 0, 400));
        Assert.Equal(300, vector.WatermarkMicros);
        vector.AdvanceWatermarks([new PartitionWatermark(2, 7, 300, IsGone: true)]);
        Assert.Equal(400, vector.WatermarkMicros);
        Assert.Equal(1, vector.SlowestPartition);
    }

    [Fact]
    public void What_came_in_the_epoch_itself_is_not_gone()
    {
        var vector = new OffsetVector();
        vector.Advance(Record(2, 1, 5, 900));
        vector.Advance(Record(2, 7, 5, 100));

        vector.AdvanceWatermarks([new PartitionWatermark(2, 7, 800, IsGone: true), new PartitionWatermark(2, 8, 800, IsGone: true)]);

        Assert.Equal(100, vector.WatermarkMicros);
        Assert.Equal(7, vector.SlowestPartition);
        Assert.True(vector.HasReached(900));
        Assert.False(vector.HasReached(901));
    }

    [Fact]
    public void An_empty_vector_has_no_slowest_partition() => Assert.Null(new OffsetVector().SlowestPartition);

    [Fact]
    public void An_empty_vector_has_no_watermark() => Assert.Equal(long.MinValue, new OffsetVector().WatermarkMicros);

    private static TransactionRecord Record(int epoch, int partition, long offset, long watermark) => new()
    {
        TransactionId = Guid.Empty,
        CustomerId = 1,
        MerchantId = 1,
        Amount = 1,
        Currency = "EUR",
        BaseCents = 100,
        EventTimeMicros = 0,
        Epoch = epoch,
        Partition = partition,
        Offset = offset,
        WatermarkMicros = watermark,
    };
}
