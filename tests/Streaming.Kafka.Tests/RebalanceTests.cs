using System.Collections.Concurrent;
using Levee.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Levee.Streaming.Kafka.Tests;

public sealed class RebalanceTests
{
    [Fact]
    public async Task A_second_silo_joins_and_leaves_under_load_and_nothing_is_lost()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 6);
        using var source = new OrderSource(kafka, 6);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        await using var first = await TestSilo.StartAsync(kafka, log, store, o => o.GroupId = kafka.Group);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            for (var round = 0; !stop.IsCancellationRequested; round++)
            {
                await source.ProduceAsync(20, customers: 200, shops: 20, seed: round);
                await Task.Delay(10);
            }
        });

        var second = await TestSilo.StartAsync(kafka, log, store, o => o.GroupId = kafka.Group, first);
        await Eventually.HoldsAsync(() => first.Ownership.Owned.Count == 3 && second.Ownership.Owned.Count == 3, "the partitions to be shared");
        Assert.Equal(6, first.Ownership.Owned.Concat(second.Ownership.Owned).Select(p => p.Partition).Distinct().Count());
        await second.DisposeAsync();
        await Eventually.HoldsAsync(() => first.Ownership.Owned.Count == 6, "the partitions to come back");
        await stop.CancelAsync();
        await load;

        await Eventually.HoldsAsync(
            () => log.CountEffects("customers/") == source.Produced.Count && log.CountEffects("shops/") == source.Produced.Count, "the rest");
        source.AssertDelivered(log);
        await Eventually.HoldsAsync(() => first.Ownership.Owned.Sum(p => p.NextOffset) == source.Produced.Count, "checkpoints");
    }

    [Fact]
    public async Task A_replay_ends_early_where_its_partition_goes_to_another_silo_and_nothing_is_lost()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 6);
        using var source = new OrderSource(kafka, 6);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        await using var first = await TestSilo.StartAsync(kafka, log, store, Configure);
        await source.ProduceAsync(600);
        await Eventually.HoldsAsync(() => first.Ownership.Owned.Sum(p => p.NextOffset) == 600, "checkpoints");

        // Nothing that is replayed gets through before the partitions are shared, so the replay cannot have ended by itself.
        var gate = new TaskCompletionSource();
        var arrived = 0;
        log.BeforeDelivery = (_, orders) =>
        {
            if (!orders.Any(o => o.Position.IsReplay))
            {
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref arrived);
            return gate.Task;
        };
        var replay = first.Services.GetRequiredService<IKafkaReplay>();
        replay.Begin(await replay.PlanAsync(new KafkaReplayRequest(kafka.Topic("orders"), null, 0, null), CancellationToken.None));
        await Eventually.HoldsAsync(() => Volatile.Read(ref arrived) > 0 && Count(replay, KafkaReplayState.Running) == 6, "the replay");

        await using var second = await TestSilo.StartAsync(kafka, log, store, Configure, first);
        await Eventually.HoldsAsync(() => first.Ownership.Owned.Count == 3 && second.Ownership.Owned.Count == 3, "the partitions to be shared");
        var moved = second.Ownership.Owned.Select(p => p.Partition).ToHashSet();
        await Eventually.HoldsAsync(
            () => replay.GetStatus().Where(s => moved.Contains(s.Partition)).All(s => s.State == KafkaReplayState.Interrupted), "the early end");
        await source.ProduceAsync(300, seed: 2);
        gate.SetResult();

        await Eventually.HoldsAsync(() => first.Ownership.Owned.Concat(second.Ownership.Owned).Sum(p => p.NextOffset) == 900, "the new records");
        await Eventually.HoldsAsync(() => Count(replay, KafkaReplayState.Running) == 0, "the end of the others");
        source.AssertDelivered(log);

        // Who has a partition now can have it replayed to its end.
        var replayed = new ConcurrentDictionary<(int Partition, long Offset), bool>();
        log.BeforeDelivery = (stream, orders) =>
        {
            foreach (var order in orders.Where(o => o.Position.IsReplay && stream.StartsWith("customers/", StringComparison.Ordinal)))
            {
                replayed[(order.Position.Partition, order.Position.Offset)] = true;
            }

            return Task.CompletedTask;
        };
        var again = second.Services.GetRequiredService<IKafkaReplay>();
        var plans = await again.PlanAsync(new KafkaReplayRequest(kafka.Topic("orders"), null, 0, null), CancellationToken.None);
        Assert.Equal(moved.Order(), plans.Select(p => p.Partition).Order());
        again.Begin(plans);
        await Eventually.HoldsAsync(() => Count(again, KafkaReplayState.Done) == 3, "the second replay");
        Assert.Equal(
            plans.SelectMany(p => Enumerable.Range(0, (int)p.To).Select(offset => (p.Partition, (long)offset))).Order(),
            replayed.Keys.Where(position => moved.Contains(position.Partition)).Order());
        source.AssertDelivered(log);

        void Configure(KafkaStreamOptions options)
        {
            options.GroupId = kafka.Group;
            options.DrainTimeout = TimeSpan.FromSeconds(1);
        }
    }

    [Fact]
    public async Task A_partition_that_was_paused_when_it_was_given_away_is_fetched_again_when_it_comes_back()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 6);
        using var source = new OrderSource(kafka, 6);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        var isClosed = true;
        log.BeforeDelivery = (_, _) => Volatile.Read(ref isClosed) ? throw new InvalidOperationException("closed") : Task.CompletedTask;
        await using var first = await TestSilo.StartAsync(kafka, log, store, Configure);
        await source.ProduceAsync(600);
        await Eventually.HoldsAsync(() => first.Health.Partitions.Count(p => p.IsPaused) == 6, "all to be paused");

        var second = await TestSilo.StartAsync(kafka, log, store, Configure, first);
        await Eventually.HoldsAsync(() => first.Ownership.Owned.Count == 3 && second.Ownership.Owned.Count == 3, "the partitions to be shared");
        await second.DisposeAsync();
        await Eventually.HoldsAsync(() => first.Ownership.Owned.Count == 6, "the partitions to come back");
        Volatile.Write(ref isClosed, false);

        await Eventually.HoldsAsync(() => first.Ownership.Owned.Sum(p => p.NextOffset) == 600, "all records to be complete");
        source.AssertDelivered(log);

        void Configure(KafkaStreamOptions options)
        {
            options.GroupId = kafka.Group;
            options.MaxPartitionRecords = 16;
            options.DrainTimeout = TimeSpan.FromSeconds(1);
        }
    }

    private static int Count(IKafkaReplay replay, KafkaReplayState state) => replay.GetStatus().Count(s => s.State == state);
}
