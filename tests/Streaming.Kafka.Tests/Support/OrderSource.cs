using Confluent.Kafka;

namespace Levee.Streaming.Kafka.Tests;

/// <summary>Produces orders, keyed by customer, and remembers them in the order produced.</summary>
internal sealed class OrderSource : IDisposable
{
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly int _partitions;
    private readonly string _topic;
    private readonly List<Order> _produced = [];

    public OrderSource(TestKafka kafka, int partitions)
    {
        _partitions = partitions;
        _topic = kafka.Topic("orders");
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            EnableIdempotence = true,
            LingerMs = 1,
        }).Build();
    }

    public IReadOnlyList<Order> Produced => _produced;

    /// <summary>Produces orders with the next numbers; customer, shop and time follow from the number and the seed.</summary>
    public async Task ProduceAsync(int count, int customers = 50, int shops = 10, int seed = 1)
    {
        var random = new Random(seed);
        var sent = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            var number = _produced.Count;
            var order = new Order(number, random.NextInt64(1, customers + 1), random.NextInt64(1, shops + 1), 1_000_000L * number);
            _produced.Add(order);
            sent.Add(SendAsync(order.Customer, OrderAdapter.Write(order)));
        }

        await Task.WhenAll(sent);
    }

    public async Task ProduceAsync(Order order)
    {
        _produced.Add(order);
        await SendAsync(order.Customer, OrderAdapter.Write(order));
    }

    public Task<DeliveryResult<byte[], byte[]>> SendAsync(long customer, byte[] value) => _producer.ProduceAsync(
        new TopicPartition(_topic, (int)(customer % _partitions)),
        new Message<byte[], byte[]> { Key = BitConverter.GetBytes(customer), Value = value });

    /// <summary>Every stream has exactly what was produced for it, each customer's in order.</summary>
    public void AssertDelivered(DeliveryLog log)
    {
        foreach (var customer in _produced.GroupBy(o => o.Customer))
        {
            Assert.Equal(customer.Select(o => o.Number), log.Effect($"customers/{customer.Key}").Select(o => o.Number));
        }

        foreach (var shop in _produced.GroupBy(o => o.Shop))
        {
            var received = log.Effect($"shops/{shop.Key}");
            Assert.Equal(shop.Select(o => o.Number).Order(), received.Select(o => o.Number).Order());
            foreach (var partition in received.GroupBy(o => o.Position.Partition))
            {
                Assert.Equal(partition.Select(o => o.Position.Offset).Order(), partition.Select(o => o.Position.Offset));
            }
        }

        Assert.Equal(_produced.Count, log.CountEffects("customers/"));
        Assert.Equal(_produced.Count, log.CountEffects("shops/"));
    }

    public void Dispose() => _producer.Dispose();
}
