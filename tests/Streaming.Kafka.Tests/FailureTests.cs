using System.Diagnostics;
using System.Text;
using Levee.Testing;

namespace Levee.Streaming.Kafka.Tests;

public sealed class FailureTests
{
    [Fact]
    public async Task A_throwing_grain_holds_back_its_own_key_only_and_gets_everything_later()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 2);
        using var source = new OrderSource(kafka, 2);
        var log = new DeliveryLog();
        var isFailing = true;
        log.BeforeDelivery = (stream, _) =>
            Volatile.Read(ref isFailing) && stream == "customers/7" ? throw new InvalidOperationException("a test said so") : Task.CompletedTask;
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore());

        await source.ProduceAsync(1_000, customers: 20);
        var others = source.Produced.Count(o => o.Customer != 7);
        await Eventually.HoldsAsync(
            () => log.CountEffects("customers/") == others && log.CountEffects("shops/") == 1_000, "the other customers");
        Assert.Empty(log.All("customers/7"));
        await Eventually.HoldsAsync(() => silo.Health.Partitions.Sum(p => p.HeldLanes) == 1, "the failure to show");
        var held = silo.Health.Partitions.Single(p => p.Partition == 7 % 2);
        Assert.Equal(source.Produced.Where(o => o.Customer % 2 == 1).TakeWhile(o => o.Customer != 7).Count(), held.NextOffset);
        Assert.Equal(1, held.HeldLanes);
        Assert.True(held.OldestUnacknowledged > TimeSpan.Zero);

        Volatile.Write(ref isFailing, false);
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 1_000, "the failing customer");
        source.AssertDelivered(log);
        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 1_000, "checkpoints");
    }

    [Fact]
    public async Task A_grain_that_fails_for_ever_does_not_fill_the_cache_of_its_partition()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        var isFailing = true;
        log.BeforeDelivery = (stream, _) =>
            Volatile.Read(ref isFailing) && stream == "customers/7" ? throw new InvalidOperationException("a test said so") : Task.CompletedTask;
        await using var silo = await TestSilo.StartAsync(
            kafka, log, new InMemoryKafkaCheckpointStore(), o => (o.MaxPartitionRecords, o.MaxPartitionSpan) = (16, 500));
        await source.ProduceAsync(new Order(0, 7, 1, 0));
        for (var i = 1; i < 1_000; i++)
        {
            await source.ProduceAsync(new Order(i, 8, 2, i));
        }

        // Far beyond the sixteen that may be incomplete; then the partition waits for the first one.
        await Eventually.HoldsAsync(() => silo.Health.Partitions is [{ IsPaused: true, Span: >= 500, Cached: 1 }], "the end of the others");
        Assert.True(log.Effect("customers/8").Count >= 499);
        Assert.Equal(0, silo.Health.Partitions[0].NextOffset);

        Volatile.Write(ref isFailing, false);
        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 1_000, "checkpoints");
        source.AssertDelivered(log);
    }

    [Fact]
    public async Task A_record_too_large_for_the_dead_letters_becomes_a_letter_that_says_where_it_lies()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        kafka.CreateTopic("orders.dead-letter", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(
            kafka, log, new InMemoryKafkaCheckpointStore(), o => o.ConfigureProducer = c => c.MessageMaxBytes = 10_000);

        await source.SendAsync(3, new byte[20_000]);
        await source.ProduceAsync(10);

        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 11, "checkpoint behind the large record");
        var letter = Assert.Single(Letters.Read(kafka, "orders.dead-letter", 1));
        Assert.Null(letter.Message.Value);
        Assert.Equal(("20000", "0"), (Letters.Header(letter, KafkaDeadLetterHeaders.ValueBytes), Letters.Header(letter, KafkaDeadLetterHeaders.Offset)));
        Assert.NotNull(Letters.Header(letter, KafkaDeadLetterHeaders.Reason));
    }

    [Fact]
    public async Task Poison_records_go_to_the_dead_letter_topic_with_reason_and_origin()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        kafka.CreateTopic("orders.dead-letter", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore());

        await source.ProduceAsync(10);
        await source.SendAsync(3, "rubbish"u8.ToArray());
        await source.SendAsync(3, "1,x,2,3"u8.ToArray());
        await source.SendAsync(3, "throw"u8.ToArray());
        await source.SendAsync(3, null!);
        await source.ProduceAsync(10);
        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 24, "checkpoint behind the poison");

        source.AssertDelivered(log);
        var letters = Letters.Read(kafka, "orders.dead-letter", 4).OrderBy(l => Letters.Header(l, KafkaDeadLetterHeaders.Offset)).ToList();
        Assert.Equal(["10", "11", "12", "13"], letters.Select(l => Letters.Header(l, KafkaDeadLetterHeaders.Offset)!));
        Assert.Equal(["not four parts", "'x' is not a number"], letters.Take(2).Select(l => Letters.Header(l, KafkaDeadLetterHeaders.Reason)!));
        Assert.Equal([null, "customer", null, null], letters.Select(l => Letters.Header(l, KafkaDeadLetterHeaders.Field)));
        Assert.Contains("a test said so", Letters.Header(letters[2], KafkaDeadLetterHeaders.Reason), StringComparison.Ordinal);
        Assert.All(letters, l => Assert.Equal(kafka.Topic("orders"), Letters.Header(l, KafkaDeadLetterHeaders.Topic)));
        Assert.All(letters, l => Assert.Equal("0", Letters.Header(l, KafkaDeadLetterHeaders.Partition)));
        Assert.All(letters, l => Assert.NotNull(Letters.Header(l, KafkaDeadLetterHeaders.Timestamp)));
        Assert.Equal("rubbish", Encoding.UTF8.GetString(letters[0].Message.Value));
        Assert.Null(letters[3].Message.Value);
    }

    [Fact]
    public async Task A_dead_letter_counts_as_done_only_when_the_broker_has_it()
    {
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(
            kafka,
            log,
            new InMemoryKafkaCheckpointStore(),
            o => o.ConfigureProducer = c =>
            {
                c.AllowAutoCreateTopics = false;
                c.MessageTimeoutMs = 300;
            });

        await source.ProduceAsync(5);
        await source.SendAsync(3, "rubbish"u8.ToArray());
        await source.ProduceAsync(5);
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 10, "the good records");
        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 5, "the checkpoint before the poison");

        kafka.CreateTopic("orders.dead-letter", 1);
        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 11, "the checkpoint behind the poison");
        Assert.Single(Letters.Read(kafka, "orders.dead-letter", 1));
    }

    [Fact]
    public async Task A_slow_grain_pauses_the_partition_at_its_bound()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        await source.ProduceAsync(500, customers: 5);
        var log = new DeliveryLog();
        var gate = new TaskCompletionSource();
        log.BeforeDelivery = (_, _) => gate.Task;
        await using var silo = await TestSilo.StartAsync(
            kafka, log, new InMemoryKafkaCheckpointStore(), o => o.MaxPartitionRecords = 100);

        await Eventually.HoldsAsync(() => silo.Health.Partitions is [{ IsPaused: true }], "the pause");
        Assert.Equal(100, silo.Health.Partitions[0].Cached);
        gate.SetResult();
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 500 && log.CountEffects("shops/") == 500, "the rest");
        source.AssertDelivered(log);
        await Eventually.HoldsAsync(() => silo.Health.Partitions is [{ IsPaused: false, Lag: 0 }], "the lag to go");
    }

    [Fact]
    public async Task A_broker_that_goes_away_and_comes_back_costs_nothing()
    {
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", 2);
        using var source = new OrderSource(kafka, 2);
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore());
        await source.ProduceAsync(500);
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 500, "the first half");

        kafka.SetBrokerDown(1);
        await Eventually.HoldsAsync(() => silo.Health.LastError is not null, "the outage to be noticed");
        kafka.SetBrokerUp(1);
        await source.ProduceAsync(500, seed: 2);
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 1_000 && log.CountEffects("shops/") == 1_000, "the second half");

        source.AssertDelivered(log);
        await Eventually.HoldsAsync(() => silo.Health.LastError is null, "health to be good again");
    }

    [Fact]
    public async Task A_silo_stops_in_good_time_while_the_broker_is_away()
    {
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", 2);
        using var source = new OrderSource(kafka, 2);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        var silo = await TestSilo.StartAsync(kafka, log, store, o => o.CommitInterval = TimeSpan.FromMinutes(1));
        await source.ProduceAsync(100);
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 100 && log.CountEffects("shops/") == 100, "the records");
        kafka.SetBrokerDown(1);
        var startedAt = Stopwatch.GetTimestamp();
        await silo.DisposeAsync();
        var took = Stopwatch.GetElapsedTime(startedAt);
        Assert.True(took < TimeSpan.FromSeconds(15), $"The silo took {took} to stop.");
        var stored = await Task.WhenAll(Enumerable.Range(0, 2).Select(async p => await store.ReadAsync("orders", 1, p, default)));
        Assert.Equal(100, stored.Sum(c => c!.NextOffset));
    }
}
