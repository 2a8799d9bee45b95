using Levee.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Levee.Streaming.Kafka.Tests;

public sealed class RestartTests
{
    [Fact]
    public async Task A_restarted_silo_goes_on_at_the_checkpoint()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 3);
        using var source = new OrderSource(kafka, 3);
        var store = new InMemoryKafkaCheckpointStore();
        var log = new DeliveryLog();
        await source.ProduceAsync(1_000);
        await using (await TestSilo.StartAsync(kafka, log, store, o => o.GroupId = kafka.Group))
        {
            await Eventually.HoldsAsync(() => log.CountEffects("customers/") > 300, "some deliveries");
        }

        await source.ProduceAsync(500, seed: 2);
        await using var silo = await TestSilo.StartAsync(kafka, log, store, o => o.GroupId = kafka.Group);
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 1_500 && log.CountEffects("shops/") == 1_500, "the rest");

        source.AssertDelivered(log);
        var twice = log.Streams.Sum(s => log.All(s).Count - log.Effect(s).Count);
        Assert.True(twice < 100, $"{twice} events were delivered twice after a graceful stop");
    }

    [Fact]
    public async Task What_was_overtaken_catches_up_before_a_partition_is_given_back()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        await source.ProduceAsync(1_000, customers: 20);
        var log = new DeliveryLog();
        var gate = new TaskCompletionSource();
        log.BeforeDelivery = (stream, _) => stream == "customers/7" ? gate.Task : Task.CompletedTask;
        var store = new InMemoryKafkaCheckpointStore();
        var silo = await TestSilo.StartAsync(kafka, log, store, o =>
        {
            o.GroupId = kafka.Group;
            o.MaxBatch = 4;
        });
        var slow = source.Produced.Count(o => o.Customer == 7);
        await Eventually.HoldsAsync(
            () => log.CountEffects("customers/") == 1_000 - slow && log.CountEffects("shops/") == 1_000, "all but the slow customer");

        // The gate opens once the partition has begun to drain: what the customer has left is more than the one batch under way.
        var stop = silo.DisposeAsync().AsTask();
        await Eventually.HoldsAsync(() => IsDraining(silo), "the drain");
        gate.SetResult();
        await stop;

        Assert.Equal(slow, log.CountEffects("customers/7"));
        Assert.Equal(1_000, (await store.ReadAsync(kafka.Topic("orders"), 1, 0, default))!.NextOffset);
    }

    private static bool IsDraining(TestSilo silo) => silo.Services.GetRequiredKeyedService<KafkaSiloConsumer>("kafka").Table.Intakes.All(i => i.Partition.IsDraining);
}
