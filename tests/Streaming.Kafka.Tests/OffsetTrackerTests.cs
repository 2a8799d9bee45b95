using CsCheck;

namespace Levee.Streaming.Kafka.Tests;

public sealed class OffsetTrackerTests
{
    [Fact]
    public void Starts_where_it_is_told()
    {
        var tracker = new OffsetTracker(42, 7);
        Assert.Equal((42L, 7L), tracker.Position);
        Assert.Equal(0, tracker.Count);
        Assert.Null(tracker.OldestReceivedAt);
    }

    [Fact]
    public void Waits_for_every_target_of_the_oldest_record()
    {
        var tracker = new OffsetTracker(0, 0);
        var first = tracker.Add(0, 2, 10, 100);
        var second = tracker.Add(1, 1, 20, 200);
        tracker.Complete(second);
        tracker.Complete(first);
        Assert.Equal((0L, 0L), tracker.Position);
        Assert.Equal(100, tracker.OldestReceivedAt);
        tracker.Complete(first);
        Assert.Equal((2L, 20L), tracker.Position);
    }

    [Fact]
    public void A_record_without_targets_is_complete_at_once()
    {
        var tracker = new OffsetTracker(5, 0);
        tracker.Add(9, 0, 30, 0);
        Assert.Equal((10L, 30L), tracker.Position);
    }

    [Fact]
    public void Completing_more_often_than_there_are_targets_is_an_error()
    {
        var tracker = new OffsetTracker(0, 0);
        tracker.Add(0, 1, 0, 0);
        var second = tracker.Add(1, 1, 0, 0);
        tracker.Complete(second);
        Assert.Throws<InvalidOperationException>(() => tracker.Complete(second));
    }

    [Fact]
    public void The_watermark_advances_only_while_nothing_is_open()
    {
        var tracker = new OffsetTracker(0, 5);
        var handle = tracker.Add(0, 1, 8, 0);
        Assert.False(tracker.TryAdvanceWatermark(100));
        tracker.Complete(handle);
        Assert.True(tracker.TryAdvanceWatermark(100));
        Assert.True(tracker.TryAdvanceWatermark(50));
        Assert.Equal((1L, 100L), tracker.Position);
    }

    /// <summary>Records with gaps between offsets, 0 to 3 targets each, completed in any order, against looking at all of them.</summary>
    [Fact]
    public void Agrees_with_a_naive_search_for_the_first_incomplete_record() =>
        Gen.Select(Gen.Select(Gen.Int[1, 3], Gen.Int[0, 3]).Array[1, 600], Gen.Int[0, 1_000_000]).Sample((records, seed) =>
        {
            var random = new Random(seed);
            var tracker = new OffsetTracker(0, -1);
            var known = new List<(long Offset, int Open, long Handle)>();
            var open = new List<int>();
            var offset = -1L;
            foreach (var (gap, targets) in records)
            {
                offset += gap;
                var handle = tracker.Add(offset, targets, offset * 10, offset);
                known.Add((offset, targets, handle));
                open.AddRange(Enumerable.Repeat(known.Count - 1, targets));
                while (open.Count > 0 && random.Next(3) == 0)
                {
                    CompleteOne();
                    AssertSame();
                }
            }

            while (open.Count > 0)
            {
                CompleteOne();
                AssertSame();
            }

            void CompleteOne()
            {
                var pick = random.Next(open.Count);
                var index = open[pick];
                open.RemoveAt(pick);
                known[index] = known[index] with { Open = known[index].Open - 1 };
                tracker.Complete(known[index].Handle);
            }

            void AssertSame()
            {
                var firstOpen = known.FindIndex(r => r.Open > 0);
                var complete = firstOpen < 0 ? known.Count : firstOpen;
                var expected = complete == 0 ? (0L, -1L) : (known[complete - 1].Offset + 1, known[complete - 1].Offset * 10);
                Assert.Equal(expected, tracker.Position);
                Assert.Equal(known.Count - complete, tracker.Count);
            }
        }, iter: 200);
}
