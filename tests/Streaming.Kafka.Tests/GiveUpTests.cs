using CsCheck;
using Levee.Testing;
using Orleans.Streams;

namespace Levee.Streaming.Kafka.Tests;

public sealed class GiveUpTests
{
    private const int Attempts = 3;
    private static readonly StreamId Stream = StreamId.Create("customers", 1);
    private static readonly StreamId Other = StreamId.Create("shops", 1);

    [Fact]
    public void Only_the_poisonous_events_go_to_the_dead_letters_and_the_rest_comes_once_and_in_order() =>
        Gen.Select(Gen.Bool.Array[0, 40], Gen.Int[1, 8]).Sample((poison, maxBatch) =>
        {
            var letters = new List<KafkaDeadLetter>();
            var (partition, receiver) = NewPartition(maxBatch, (_, letter) =>
            {
                letters.Add(letter);
                return Task.CompletedTask;
            });
            for (var offset = 0; offset < poison.Length; offset++)
            {
                var handle = partition.Tracker.Add(offset, 2, offset, 0);
                partition.GetLane(Stream).Append(new LaneItem((long)offset, offset, handle));
                partition.GetLane(Other).Append(new LaneItem((long)offset, offset, handle));
            }

            var cursor = receiver.GetCacheCursor(Stream, null);
            var delivered = new List<long>();
            var failedAlone = new Dictionary<long, int>();
            var calls = 0;
            while (Moves(cursor))
            {
                Assert.True(++calls < 1_000, "the lane does not come to an end");
                var batch = cursor.GetCurrent(out _)!.GetEvents<long>().Select(e => e.Item1).ToList();
                if (!batch.Exists(o => poison[o]))
                {
                    delivered.AddRange(batch);
                    continue;
                }

                if (batch is [var alone])
                {
                    failedAlone[alone] = failedAlone.GetValueOrDefault(alone) + 1;
                }

                cursor.RecordDeliveryFailure();
            }

            var poisonous = Enumerable.Range(0, poison.Length).Where(o => poison[o]).Select(o => (long)o).ToList();
            Assert.Equal(Enumerable.Range(0, poison.Length).Select(o => (long)o).Except(poisonous), delivered);
            Assert.Equal(poisonous, letters.Select(l => l.Offset));
            Assert.All(letters, l => Assert.Equal((Attempts, "customers/1"), (l.Attempts, l.Stream)));
            Assert.All(poisonous, o => Assert.InRange(failedAlone[o], Attempts, 2 * Attempts));
            Assert.Equal(0, partition.Lanes.FailingCount);

            // The records are complete only when their other stream has them too.
            Assert.Equal(0, partition.Tracker.Position.NextOffset);
            var other = receiver.GetCacheCursor(Other, null);
            while (Moves(other))
            {
            }

            Assert.Equal(poison.Length, partition.Tracker.Position.NextOffset);
        }, iter: 300);

    [Fact]
    public async Task An_event_counts_as_done_only_when_the_broker_has_its_letter()
    {
        var report = new TaskCompletionSource();
        var (partition, receiver) = NewPartition(maxBatch: 1, (_, _) => report.Task);
        for (var offset = 0; offset < 2; offset++)
        {
            partition.GetLane(Stream).Append(new LaneItem((long)offset, offset, partition.Tracker.Add(offset, 1, offset, 0)));
        }

        var cursor = receiver.GetCacheCursor(Stream, null);
        for (var i = 0; i < Attempts; i++)
        {
            Assert.True(Moves(cursor));
            cursor.RecordDeliveryFailure();
        }

        Assert.False(Moves(cursor));
        Assert.Equal(0, partition.Tracker.Position.NextOffset);
        Assert.Equal(Attempts, Assert.Single(partition.Lanes.GetFailing(10)).Attempts);
        partition.Lanes.Collect(100);

        report.SetResult();
        await Eventually.HoldsAsync(() => partition.Lanes.Collect(100).Count > 0, "the agent to be told");
        Assert.True(Moves(cursor));
        Assert.Equal(1, partition.Tracker.Position.NextOffset);
        Assert.Equal([1L], cursor.GetCurrent(out _)!.GetEvents<long>().Select(e => e.Item1));
    }

    [Fact]
    public void By_default_nothing_is_given_up()
    {
        var (partition, receiver) = NewPartition(maxBatch: 4, (_, _) => throw new InvalidOperationException("given up"), DeliveryFailurePolicy.Block);
        partition.GetLane(Stream).Append(new LaneItem(0L, 0, partition.Tracker.Add(0, 1, 0, 0)));
        var cursor = receiver.GetCacheCursor(Stream, null);
        for (var i = 0; i < 10 * Attempts; i++)
        {
            Assert.True(Moves(cursor));
            cursor.RecordDeliveryFailure();
        }

        Assert.Equal(0, partition.Tracker.Position.NextOffset);
    }

    private static bool Moves(IQueueCacheCursor cursor) => cursor.MoveNextWithResult().Kind == QueueCacheCursorMoveResultKind.Success;

    private static (KafkaPartition Partition, KafkaPartitionReceiver Receiver) NewPartition(
        int maxBatch, Func<KafkaPartition, KafkaDeadLetter, Task> send, DeliveryFailurePolicy policy = DeliveryFailurePolicy.DeadLetter)
    {
        var options = new KafkaStreamOptions
        {
            MaxBatch = maxBatch,
            RedeliveryDelay = TimeSpan.Zero,
            FailurePolicy = policy,
            MaxDeliveryAttempts = Attempts,
        };
        var failures = new DeliveryFailures("kafka", options, null, send);
        var partition = new KafkaPartition("orders", 0, options, new KafkaStreamMetrics("test", null), failures: failures);
        partition.Begin(new PartitionStart(1, 0, KafkaPosition.NoWatermark, null, null));
        var table = new PartitionTable(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        table.Serve(partition);
        return (partition, new KafkaPartitionReceiver(partition.QueueId, table));
    }
}
