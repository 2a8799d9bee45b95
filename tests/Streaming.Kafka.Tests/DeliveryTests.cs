using Levee.Testing;

namespace Levee.Streaming.Kafka.Tests;

public sealed class DeliveryTests
{
    [Fact]
    public async Task Every_record_reaches_both_of_its_streams_in_order()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 4);
        kafka.CreateTopic("orders.dead-letter", 1);
        using var source = new OrderSource(kafka, 4);
        await source.ProduceAsync(2_000);
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore());
        await source.ProduceAsync(2_000, seed: 2);

        await Eventually.HoldsAsync(() => log.CountEffects("shops/") == 4_000 && log.CountEffects("customers/") == 4_000, "deliveries");

        source.AssertDelivered(log);
        Assert.True(log.Calls < 8_000, $"{log.Calls} calls for 8000 deliveries: nothing was batched");
        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 4_000, "checkpoints");
        Assert.True(silo.Health.IsHealthy, silo.Health.ToString());
    }
}
