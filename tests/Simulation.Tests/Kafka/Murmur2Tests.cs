using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Levee.Embedded;

namespace Levee.Simulation.Tests.Kafka;

public sealed class Murmur2Tests
{
    private const int Partitions = 7;

    // The vectors that Kafka's own clients are tested with.
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void It_is_the_hash_of_the_Java_clients(string key, int hash) => Assert.Equal(hash, Murmur2.Hash(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void Its_partition_is_that_of_librdkafka()
    {
        using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("keyed", Partitions);
        using (var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            Partitioner = Partitioner.Murmur2Random,
        }).Build())
        {
            foreach (var customer in Enumerable.Range(1, 500))
            {
                producer.Produce("keyed", new Message<byte[], byte[]> { Key = Key(customer), Value = [] });
            }

            producer.Flush(TimeSpan.FromSeconds(20));
        }

        var records = TopicConsumer.ReadAll(kafka.BootstrapServers, "keyed", Partitions);
        Assert.Equal(500, records.Count);
        Assert.All(records, r => Assert.Equal(r.Partition, Murmur2.Partition(Encoding.UTF8.GetBytes(r.Key), Partitions)));
        Assert.Equal(Partitions, records.Select(r => r.Partition).Distinct().Count());
    }

    [Fact]
    public async Task A_simulation_can_partition_by_it()
    {
        using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("transactions", Partitions);

        await new KafkaSimulator(new SimulationOptions(), new KafkaSimulatorOptions
        {
            BootstrapServers = kafka.BootstrapServers,
            LabelTopic = null,
            MaxRecords = 500,
            Partitioner = ProducerPartitioner.Murmur2,
        }).ReplayAsync(null, CancellationToken.None);

        var records = TopicConsumer.ReadAll(kafka.BootstrapServers, "transactions", Partitions);
        Assert.Equal(500, records.Count);
        Assert.All(records, r => Assert.Equal(r.Partition, Murmur2.Partition(Encoding.UTF8.GetBytes(r.Key), Partitions)));
        Assert.Contains(records, r => r.Partition != long.Parse(r.Key, CultureInfo.InvariantCulture) % Partitions);
    }

    private static byte[] Key(int customer) => Encoding.UTF8.GetBytes(customer.ToString(CultureInfo.InvariantCulture));
}
