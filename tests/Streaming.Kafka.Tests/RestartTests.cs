
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
            await DeliveryLog.UntilAsync(() => log.CountEffects("customers/") > 300, "some deliveries");
        }

        await source.ProduceAsync(500, seed: 2);
        await using var silo = await TestSilo.StartAsync(kafka, log, store, o => o.GroupId = kafka.Group);
        await DeliveryLog.UntilAsync(() => log.CountEffects("customers/") == 1_500 && log.CountEffects("shops/") == 1_500, "the rest");

        source.AssertDelivered(log);
        var twice = log.Streams.Sum(s => log.All(s).Count - log.Effect(s).Count);
        Assert.True(twice < 100, $"{twice} events were delivered twice after a graceful stop");
    }
}
