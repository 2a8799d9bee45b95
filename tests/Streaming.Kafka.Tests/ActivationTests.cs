using Levee.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Levee.Streaming.Kafka.Tests;

public sealed class ActivationTests
{
    [Fact]
    public async Task A_grain_that_cannot_be_activated_loses_nothing_and_stops_nobody()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        var isFailing = true;
        log.BeforeActivation = stream =>
            Volatile.Read(ref isFailing) && stream == "customers/7" ? throw new InvalidOperationException("a test said so") : Task.CompletedTask;
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore());
        await source.ProduceAsync(new Order(0, 7, 1, 0));
        await source.ProduceAsync(300, customers: 20);
        var others = source.Produced.Count(o => o.Customer != 7);
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == others && log.CountEffects("shops/") == 301, "the others");
        Assert.Equal(0, silo.Health.Partitions.Single().NextOffset);

        Volatile.Write(ref isFailing, false);
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 301, "the failing grain");
        source.AssertDelivered(log);
    }

    [Fact]
    public async Task An_activation_that_hangs_holds_up_its_own_stream_only()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        var gate = new TaskCompletionSource();
        log.BeforeActivation = stream => stream == "customers/17" ? gate.Task : Task.CompletedTask;
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore(), o => o.GrainsOf = GrainsOf);
        await source.ProduceAsync(new Order(0, 17, 1, 0));
        await source.ProduceAsync(300, customers: 20);
        var others = source.Produced.Count(o => o.Customer != 17);

        // Far less than the response timeout of 30 s, after which a registration would give up waiting.
        await Eventually.HoldsAsync(
            () => log.CountEffects("customers/") == others && log.CountEffects("shops/") == 301, "the others", TimeSpan.FromSeconds(15));
        Assert.Equal(0, silo.Health.Partitions.Single().NextOffset);

        gate.SetResult();
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 301, "the hanging grain");
        source.AssertDelivered(log);
    }

    [Fact]
    public async Task A_grain_that_is_busy_with_something_else_holds_up_its_own_stream_only()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        log.OnWork = () =>
        {
            begun.SetResult();
            return gate.Task;
        };
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore(), o => o.GrainsOf = GrainsOf);
        var work = silo.Services.GetRequiredService<IGrainFactory>().GetGrain<ICustomerGrain>(17).WorkAsync();
        await begun.Task;
        await source.ProduceAsync(new Order(0, 17, 1, 0));
        await source.ProduceAsync(300, customers: 20);
        var others = source.Produced.Count(o => o.Customer != 17);

        await Eventually.HoldsAsync(
            () => log.CountEffects("customers/") == others && log.CountEffects("shops/") == 301, "the others", TimeSpan.FromSeconds(15));
        Assert.False(work.IsCompleted);

        gate.SetResult();
        await work;
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 301, "the busy grain");
        source.AssertDelivered(log);
    }

    [Fact]
    public async Task With_two_subscriptions_a_record_is_complete_when_both_have_it()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        var isFailing = true;
        log.BeforeDelivery = (stream, _) =>
            Volatile.Read(ref isFailing) && stream == "second-twin/1000" ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore());
        for (var i = 0; i < 50; i++)
        {
            await source.ProduceAsync(new Order(i, 1_000, 1, i));
        }

        await Eventually.HoldsAsync(() => log.CountEffects("first-twin/") == 50 && log.CountEffects("shops/") == 50, "the first twin");
        Assert.Equal(0, silo.Health.Partitions.Single().NextOffset);
        Volatile.Write(ref isFailing, false);
        await Eventually.HoldsAsync(() => silo.Ownership.Owned is [{ NextOffset: 50 }], "the second twin");
        Assert.Equal(Enumerable.Range(0, 50), log.Effect("second-twin/1000").Select(o => o.Number));
        Assert.Equal(Enumerable.Range(0, 50), log.Effect("first-twin/1000").Select(o => o.Number));
    }

    private static IEnumerable<IAddressable> GrainsOf(IGrainFactory grains, StreamId stream)
    {
        var key = long.Parse(stream.GetKeyAsString(), System.Globalization.CultureInfo.InvariantCulture);
        return [stream.GetNamespace() == "shops" ? grains.GetGrain<IShopGrain>(key) : grains.GetGrain<ICustomerGrain>(key)];
    }
}
