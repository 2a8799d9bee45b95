using Levee.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Levee.Streaming.Kafka.Tests;

public sealed class WatermarkTests
{
    [Fact]
    public async Task Redelivered_records_carry_the_same_watermark()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        log.BeforeDelivery = (stream, orders) => stream.StartsWith("shops", StringComparison.Ordinal) && orders.Any(o => o.Number >= 100)
            ? throw new InvalidOperationException("not yet")
            : Task.CompletedTask;

        // Event times go up and down, so the watermark depends on all records before.
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            await source.ProduceAsync(new Order(i, 1 + (i % 5), 1, 60_000_000L + random.NextInt64(50_000_000)));
        }

        await using (await TestSilo.StartAsync(kafka, log, store, o => o.MaxBatch = 1))
        {
            await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 200 && log.CountEffects("shops/") == 100, "the first run");
        }

        log.BeforeDelivery = (_, _) => Task.CompletedTask;
        await using var silo = await TestSilo.StartAsync(kafka, log, store);
        await Eventually.HoldsAsync(() => log.CountEffects("shops/") == 200, "the second run");

        var newest = long.MinValue;
        foreach (var order in source.Produced)
        {
            newest = Math.Max(newest, order.TimeMicros - 10_000_000);
            var stamps = log.All($"customers/{order.Customer}").Concat(log.All("shops/1")).Where(o => o.Number == order.Number);
            Assert.All(stamps, s => Assert.Equal(newest, s.Position.WatermarkMicros));
        }

        Assert.True(log.All("customers/1").Count > log.Effect("customers/1").Count, "nothing was redelivered, so nothing was shown");
    }

    [Fact]
    public async Task An_idle_partitions_watermark_follows_the_clock_and_is_stored_before_it_counts()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        var start = DateTimeOffset.FromUnixTimeSeconds(1_000);
        var clock = new FakeTimeProvider(start);
        long Micros(double seconds) => (long)((1_000 + seconds) * 1_000_000);
        Task<TestSilo> StartAsync() => TestSilo.StartAsync(
            kafka, log, store, o => o.IdleAfter = TimeSpan.FromSeconds(10), services: s => s.AddKeyedSingleton<TimeProvider>("kafka", clock));

        await using (var silo = await StartAsync())
        {
            await source.ProduceAsync(new Order(0, 1, 1, Micros(0)));
            await Eventually.HoldsAsync(() => silo.Ownership.Owned is [{ NextOffset: 1 }], "the first record");
            Assert.Equal(Micros(-10), silo.Ownership.Owned[0].WatermarkMicros);
            clock.Advance(TimeSpan.FromSeconds(60));
            await Eventually.HoldsAsync(() => silo.Ownership.Owned[0].WatermarkMicros == Micros(50), "the clock");
            Assert.Equal(Micros(50), (await store.ReadAsync(kafka.Topic("orders"), 1, 0, default))!.WatermarkMicros);

            // Late by now: its stamp is what the clock made of the watermark.
            await source.ProduceAsync(new Order(1, 1, 1, Micros(20)));
            await Eventually.HoldsAsync(() => silo.Ownership.Owned is [{ NextOffset: 2 }], "the second record");
        }

        await using (var silo = await StartAsync())
        {
            await source.ProduceAsync(new Order(2, 1, 1, Micros(30)));
            await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 3, "the third record");
        }

        Assert.Equal(
            [Micros(-10), Micros(50), Micros(50)], log.Effect("customers/1").Select(o => o.Position.WatermarkMicros));
    }
}
