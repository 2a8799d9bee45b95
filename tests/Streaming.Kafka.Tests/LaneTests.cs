using System.Diagnostics;
using CsCheck;
using Orleans.Streams;

namespace Levee.Streaming.Kafka.Tests;

public sealed class LaneTests
{
    private static readonly StreamId Stream = StreamId.Create("customers", 1);

    [Fact]
    public void Hands_out_batches_and_acknowledges_one_when_the_next_is_asked_for()
    {
        var (partition, receiver) = Partition(o => o.MaxBatch = 3);
        Append(partition, Stream, 0, 5);
        var cursor = receiver.GetCacheCursor(Stream, null);
        Assert.Equal([0, 1, 2], Next(cursor));
        Assert.Equal(0, partition.Tracker.Position.NextOffset);
        Assert.Equal([3, 4], Next(cursor));
        Assert.Equal(3, partition.Tracker.Position.NextOffset);
        Assert.Null(Next(cursor));
        Assert.Equal(5, partition.Tracker.Position.NextOffset);
    }

    [Fact]
    public void A_failed_batch_is_not_acknowledged_and_comes_again_after_its_wait()
    {
        var (partition, receiver) = Partition(o =>
        {
            o.RedeliveryDelay = TimeSpan.FromMilliseconds(500);
            o.MaxBatch = 2;
        });
        Append(partition, Stream, 0, 3);
        partition.Lanes.Collect(100);
        var cursor = receiver.GetCacheCursor(Stream, null);
        var failedAt = Stopwatch.GetTimestamp();
        Assert.Equal([0, 1], Next(cursor));
        cursor.RecordDeliveryFailure();
        Assert.Null(Next(cursor));
        Assert.Equal(1, partition.Lanes.FailingCount);
        Assert.True(SpinWait.SpinUntil(() => partition.Lanes.Collect(100).Count > 0, TimeSpan.FromSeconds(5)), "the agent was not told");
        Assert.True(Stopwatch.GetElapsedTime(failedAt) >= TimeSpan.FromMilliseconds(500));
        Assert.Equal([0, 1], Next(cursor));
        Assert.Equal([2], Next(cursor));
        Assert.Equal(0, partition.Lanes.FailingCount);
        Assert.Equal(2, partition.Tracker.Position.NextOffset);
    }

    [Fact]
    public void Disposing_a_cursor_never_acknowledges()
    {
        var (partition, receiver) = Partition();
        Append(partition, Stream, 0, 2);
        var cursor = receiver.GetCacheCursor(Stream, null);
        Assert.Equal([0, 1], Next(cursor));
        cursor.Dispose();
        Assert.Equal(0, partition.Tracker.Position.NextOffset);
        Assert.True(partition.Drain(TimeSpan.Zero), "a disposed cursor must not count as a delivery under way");
        Assert.Equal([0, 1], Next(receiver.GetCacheCursor(Stream, null)));
    }

    [Fact]
    public void The_pin_cursor_of_a_registration_holds_events_and_acknowledges_none()
    {
        var (partition, receiver) = Partition();
        Append(partition, Stream, 0, 1);
        var pin = receiver.GetCacheCursor(Stream, null);
        var cursor = receiver.GetCacheCursor(Stream, null);
        Assert.Equal([0], Next(cursor));
        Assert.Null(Next(cursor));
        Assert.Equal(0, partition.Tracker.Position.NextOffset);
        pin.Dispose();
        Assert.Equal(1, partition.Tracker.Position.NextOffset);
    }

    [Fact]
    public void Without_any_subscription_events_stay()
    {
        var (partition, receiver) = Partition();
        Append(partition, Stream, 0, 1);
        receiver.GetCacheCursor(Stream, null).Dispose();
        Assert.Equal(0, partition.Tracker.Position.NextOffset);
        Assert.True(partition.GetLane(Stream).IsOrphan);
    }

    [Fact]
    public void A_draining_partition_acknowledges_but_hands_out_nothing()
    {
        var (partition, receiver) = Partition(o => o.MaxBatch = 1);
        Append(partition, Stream, 0, 2);
        var cursor = receiver.GetCacheCursor(Stream, null);
        Assert.Equal([0], Next(cursor));
        partition.BeginDrain();
        Assert.False(partition.Drain(TimeSpan.FromMilliseconds(5)));
        Assert.Null(Next(cursor));
        Assert.True(partition.Drain(TimeSpan.Zero));
        Assert.Equal(1, partition.Tracker.Position.NextOffset);
    }

    [Fact]
    public void A_draining_partition_hands_out_what_was_overtaken_until_deliveries_end()
    {
        var (partition, receiver) = Partition(o => o.MaxBatch = 1);
        var other = StreamId.Create("customers", 2);
        Append(partition, Stream, 0, 3);
        Append(partition, other, 3, 1);
        Append(partition, Stream, 4, 1);
        var overtaken = receiver.GetCacheCursor(Stream, null);
        var ahead = receiver.GetCacheCursor(other, null);
        Assert.Equal([0], Next(overtaken));
        Assert.Equal([3], Next(ahead));
        partition.BeginDrain();
        Assert.Null(Next(ahead));
        Assert.False(partition.IsSettled);
        Assert.Equal([1], Next(overtaken));
        Assert.Equal([2], Next(overtaken));
        Assert.Null(Next(overtaken));
        Assert.True(partition.IsSettled);
        Assert.Equal(4, partition.Tracker.Position.NextOffset);
    }

    [Fact]
    public void After_the_end_of_deliveries_nothing_is_handed_out()
    {
        var (partition, receiver) = Partition(o => o.MaxBatch = 1);
        var other = StreamId.Create("customers", 2);
        Append(partition, Stream, 0, 2);
        Append(partition, other, 2, 1);
        var overtaken = receiver.GetCacheCursor(Stream, null);
        Assert.Equal([0], Next(overtaken));
        Assert.Equal([2], Next(receiver.GetCacheCursor(other, null)));
        partition.BeginDrain();
        partition.EndDeliveries();
        Assert.Null(Next(overtaken));
        Assert.Equal(1, partition.Tracker.Position.NextOffset);
    }

    [Fact]
    public void A_partition_that_delivered_nothing_is_settled_at_once()
    {
        var (partition, _) = Partition();
        Append(partition, Stream, 0, 2);
        partition.BeginDrain();
        Assert.True(partition.IsSettled);
    }

    [Fact]
    public void A_cursor_follows_its_queue_to_the_partitions_next_ownership()
    {
        var table = new PartitionTable(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var first = NewPartition();
        table.Serve(first);
        var receiver = new KafkaPartitionReceiver(first.QueueId, table);
        Append(first, Stream, 0, 2);
        var cursor = receiver.GetCacheCursor(Stream, null);
        Assert.Equal([0, 1], Next(cursor));

        var second = NewPartition();
        table.Serve(second);
        Append(second, Stream, 0, 3);
        _ = receiver.GetQueueMessagesAsync(100);
        Assert.True(SpinWait.SpinUntil(() => ReferenceEquals(receiver.Partition, second), TimeSpan.FromSeconds(5)));
        Assert.Equal([0, 1, 2], Next(cursor));
        Assert.Equal(2, first.Tracker.Position.NextOffset);
        Assert.Null(Next(cursor));
        Assert.Equal(3, second.Tracker.Position.NextOffset);
    }

    private enum Step
    {
        Append, Deliver, Fail, Replace,
    }

    /// <summary>
    /// Two subscriptions on two streams; batches succeed, fail, and cursors are replaced, in any order. Each subscription must see each
    /// event, in order, and the partition's position must be what a look at all of them gives.
    /// </summary>
    [Fact]
    public void Agrees_with_a_naive_model_of_at_least_once_delivery() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 1], Gen.Int[0, 1], Gen.Int[1, 4]).Array[1, 200].Sample(steps =>
        {
            var (partition, receiver) = Partition(o =>
            {
                o.MaxBatch = 3;
                o.RedeliveryDelay = TimeSpan.Zero;
            });
            StreamId[] streams = [Stream, StreamId.Create("customers", 2)];
            var appended = new List<long>[] { [], [] };
            var seen = new HashSet<long>[,] { { [], [] }, { [], [] } };
            var cursors = new IQueueCacheCursor?[2, 2];
            var underWay = new List<long>?[2, 2];
            var next = 0L;
            foreach (var (step, stream, subscriber, count) in steps)
            {
                if (step == Step.Append)
                {
                    for (var i = 0; i < count; i++)
                    {
                        appended[stream].Add(next);
                        Append(partition, streams[stream], next++, 1);
                    }
                }
                else if (step == Step.Replace)
                {
                    cursors[stream, subscriber]?.Dispose();
                    cursors[stream, subscriber] = null;
                    underWay[stream, subscriber] = null;
                }
                else if (underWay[stream, subscriber] is not null && step == Step.Fail)
                {
                    cursors[stream, subscriber]!.RecordDeliveryFailure();
                    underWay[stream, subscriber] = null;
                }
                else
                {
                    // The first delivery of a stream comes after its registration, which attaches both subscriptions.
                    Register(stream);
                    underWay[stream, subscriber]?.ForEach(o => seen[stream, subscriber].Add(o));
                    underWay[stream, subscriber] = Next(cursors[stream, subscriber]!)?.ToList();
                    if (underWay[stream, subscriber] is { } batch)
                    {
                        Assert.Equal(batch.Order(), batch);
                        var missing = appended[stream].Where(o => !seen[stream, subscriber].Contains(o)).ToList();
                        Assert.True(missing.Count == 0 || batch[0] <= missing[0], "an event was skipped");
                    }
                }

                var open = Enumerable.Range(0, 2).SelectMany(s => appended[s].Where(o => !seen[s, 0].Contains(o) || !seen[s, 1].Contains(o)));
                var position = partition.Tracker.Position.NextOffset;
                Assert.True(position <= open.DefaultIfEmpty(next).Min(), $"position {position} passed an event that is not acknowledged");
            }

            for (var stream = 0; stream < 2; stream++)
            {
                Register(stream);
                for (var subscriber = 0; subscriber < 2; subscriber++)
                {
                    while (Next(cursors[stream, subscriber]!) is not null)
                    {
                    }
                }
            }

            Assert.Equal(next, partition.Tracker.Position.NextOffset);

            void Register(int stream)
            {
                for (var subscriber = 0; subscriber < 2; subscriber++)
                {
                    if (cursors[stream, subscriber] is null)
                    {
                        cursors[stream, subscriber] = receiver.GetCacheCursor(streams[stream], null);
                        if (subscriber == 0 && cursors[stream, 1] is null)
                        {
                            cursors[stream, 1] = receiver.GetCacheCursor(streams[stream], null);
                            underWay[stream, 1] = Next(cursors[stream, 1]!)?.ToList();
                        }

                        underWay[stream, subscriber] = Next(cursors[stream, subscriber]!)?.ToList();
                    }
                }
            }
        }, iter: 500);

    private static (KafkaPartition Partition, KafkaPartitionReceiver Receiver) Partition(Action<KafkaStreamOptions>? configure = null)
    {
        var partition = NewPartition(configure);
        var table = new PartitionTable(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        table.Serve(partition);
        return (partition, new KafkaPartitionReceiver(partition.QueueId, table));
    }

    private static KafkaPartition NewPartition(Action<KafkaStreamOptions>? configure = null)
    {
        var options = new KafkaStreamOptions();
        configure?.Invoke(options);
        var partition = new KafkaPartition("orders", 0, options, new KafkaStreamMetrics("test", null));
        partition.Begin(new PartitionStart(1, 0, KafkaPosition.NoWatermark, null, null));
        return partition;
    }

    private static void Append(KafkaPartition partition, StreamId stream, long firstOffset, int count)
    {
        for (var offset = firstOffset; offset < firstOffset + count; offset++)
        {
            var handle = partition.Tracker.Add(offset, 1, offset, 0);
            partition.GetLane(stream).Append(new LaneItem(offset, offset, handle));
        }
    }

    private static IReadOnlyList<long>? Next(IQueueCacheCursor cursor) =>
        cursor.MoveNextWithResult().Kind == QueueCacheCursorMoveResultKind.Success
            ? [.. cursor.GetCurrent(out _)!.GetEvents<long>().Select(e => e.Item1)]
            : null;
}
