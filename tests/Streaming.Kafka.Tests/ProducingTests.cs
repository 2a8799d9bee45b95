using Confluent.Kafka;
using Levee.Embedded;
using Levee.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka.Tests;

public sealed class ProducingTests
{
    [Theory]
    [InlineData(KafkaPartitioning.KeyModulo)]
    [InlineData(KafkaPartitioning.Murmur2)]
    [InlineData(KafkaPartitioning.ClientDefault)]
    public async Task What_goes_into_a_stream_comes_out_at_its_grain_in_order(KafkaPartitioning partitioning)
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 4);
        var log = new DeliveryLog();

        // Far fewer may be on their way than are produced at once: the rest waits.
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore(), o =>
        {
            o.AddNamespace<OrderWriter>("customers", kafka.Topic("orders")).Partitioning = partitioning;
            o.MaxProducing = 8;
        });
        var provider = silo.Services.GetRequiredKeyedService<IStreamProvider>("kafka");
        await Task.WhenAll(Enumerable.Range(1, 10).Select(async customer =>
        {
            var stream = provider.GetStream<Order>(StreamId.Create("customers", customer));
            for (var i = 0; i < 5; i++)
            {
                await stream.OnNextAsync(new Order((1_000 * customer) + i, customer, 1, 1_000_000));
            }

            await stream.OnNextBatchAsync(Enumerable.Range(5, 45).Select(i => new Order((1_000 * customer) + i, customer, 1, 1_000_000)));
        }));

        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 500, "everything");
        for (var customer = 1; customer <= 10; customer++)
        {
            var received = log.Effect($"customers/{customer}");
            Assert.Equal(Enumerable.Range(0, 50).Select(i => (1_000 * customer) + i), received.Select(o => o.Number));
            var partition = Assert.Single(received.Select(o => o.Position.Partition).Distinct());
            if (partitioning == KafkaPartitioning.KeyModulo)
            {
                Assert.Equal(customer % 4, partition);
            }
        }
    }

    [Fact]
    public async Task A_client_that_is_full_is_waited_for_and_the_order_stays()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore(), o =>
        {
            o.AddNamespace<OrderWriter>("customers", kafka.Topic("orders"));
            o.ConfigureProducer = c => c.QueueBufferingMaxMessages = 5;
        });
        var stream = silo.Services.GetRequiredKeyedService<IStreamProvider>("kafka").GetStream<Order>(StreamId.Create("customers", 1));

        await stream.OnNextBatchAsync(Enumerable.Range(0, 500).Select(i => new Order(i, 1, 1, 0)));

        await Eventually.HoldsAsync(() => silo.Ownership.Owned.Sum(p => p.NextOffset) == 500, "everything");
        Assert.Equal(Enumerable.Range(0, 500), log.Effect("customers/1").Select(o => o.Number));
    }

    [Fact]
    public async Task Wrong_use_is_answered_with_a_clear_error()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 4);
        await using var silo = await TestSilo.StartAsync(
            kafka,
            new DeliveryLog(),
            new InMemoryKafkaCheckpointStore(),
            o => o.AddNamespace<OrderWriter>("customers", kafka.Topic("orders")).Partitioning = KafkaPartitioning.KeyModulo);
        var provider = silo.Services.GetRequiredKeyedService<IStreamProvider>("kafka");
        var order = new Order(1, 1, 1, 1);

        var noTopic = await Assert.ThrowsAsync<InvalidOperationException>(
            () => provider.GetStream<Order>(StreamId.Create("shops", 1)).OnNextAsync(order));
        Assert.Equal("Stream provider 'kafka' has no topic for namespace 'shops': call AddNamespace.", noTopic.Message);
        var stream = provider.GetStream<Order>(StreamId.Create("customers", 1));
        await Assert.ThrowsAsync<ArgumentException>(() => stream.OnNextAsync(order, new KafkaSequenceToken(1, 0, 5)));
        var noNumber = await Assert.ThrowsAsync<ArgumentException>(() => stream.OnNextAsync(order with { Number = -1 }));
        Assert.Contains("must be a whole number in decimal, not 'x'", noNumber.Message, StringComparison.Ordinal);
    }

    /// <summary>A broker has lost the numbers of the producer, while another still has something of it in hand.</summary>
    [Fact]
    public async Task What_is_under_way_when_the_client_fails_for_good_ends_and_a_new_client_goes_on()
    {
        using var kafka = TestKafka.StartEmbedded(brokers: 2);
        kafka.CreateTopic("orders", 2);
        kafka.Embedded.SetPartitionLeader("orders", 0, 1);
        kafka.Embedded.SetPartitionLeader("orders", 1, 2);
        await using var silo = await TestSilo.StartAsync(kafka, new DeliveryLog(), new InMemoryKafkaCheckpointStore(), o =>
            o.AddNamespace<OrderWriter>("customers", kafka.Topic("orders")).Partitioning = KafkaPartitioning.KeyModulo);
        var provider = silo.Services.GetRequiredKeyedService<IStreamProvider>("kafka");
        await ProduceAsync(0);
        await ProduceAsync(1);

        // Answers of the second broker take long, so one is still to come when the first makes the client fail.
        kafka.Embedded.SetRoundTrip(2, TimeSpan.FromSeconds(2));
        var underWay = ProduceAsync(1);
        kafka.Embedded.PushRequestErrors(KafkaRequest.Produce, [.. Enumerable.Repeat(ErrorCode.OutOfOrderSequenceNumber, 2)]);
        await Assert.ThrowsAnyAsync<KafkaException>(() => ProduceAsync(0));
        await Record.ExceptionAsync(() => underWay.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(underWay.IsCompleted);

        kafka.Embedded.ClearRequestErrors(KafkaRequest.Produce);
        await Eventually.HoldsAsync(async () => await Record.ExceptionAsync(() => ProduceAsync(0)) is null, "a new client");

        Task ProduceAsync(long customer) =>
            provider.GetStream<Order>(StreamId.Create("customers", customer)).OnNextAsync(new Order((int)customer, customer, 1, 0));
    }

    [Fact]
    public async Task Producing_waits_for_the_delivery_report_and_for_room()
    {
        using var kafka = TestKafka.StartEmbedded();
        kafka.CreateTopic("orders", 1);
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore(), o =>
        {
            o.AddNamespace<OrderWriter>("customers", kafka.Topic("orders"));
            o.MaxProducing = 2;
        });
        var stream = silo.Services.GetRequiredKeyedService<IStreamProvider>("kafka").GetStream<Order>(StreamId.Create("customers", 1));
        await stream.OnNextAsync(new Order(0, 1, 1, 0));
        kafka.SetBrokerDown(1);
        var produced = Enumerable.Range(1, 6).Select(i => stream.OnNextAsync(new Order(i, 1, 1, 0))).ToList();
        await Eventually.HoldsAsync(() => silo.Health.LastError is not null, "the outage to be noticed");
        Assert.All(produced, p => Assert.False(p.IsCompleted));

        kafka.SetBrokerUp(1);
        await Task.WhenAll(produced);
        await Eventually.HoldsAsync(() => log.Effect("customers/1").Count == 7, "everything");
    }
}
