using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Levee.Embedded;

namespace Levee.Streaming.Kafka.Tests;

/// <summary>
/// The brokers of a test: embedded ones, or, for tests that need no faults, those that the environment variable LEVEE_TEST_KAFKA names
/// ("host:port"). There each test has topics of its own.
/// </summary>
internal sealed class TestKafka : IDisposable
{
    public const string Variable = "LEVEE_TEST_KAFKA";

    private readonly EmbeddedKafka? _embedded;
    private readonly string _prefix;
    private readonly string _bootstrapServers;

    private TestKafka(EmbeddedKafka? embedded, string bootstrapServers)
    {
        _embedded = embedded;
        _bootstrapServers = bootstrapServers;
        _prefix = embedded is null ? $"{Guid.NewGuid():N}-" : "";
    }

    public string BootstrapServers => _bootstrapServers;

    /// <summary>A consumer group for silos that share their partitions.</summary>
    public string Group => _prefix + "test";

    /// <summary>Brokers for faults, which only embedded ones can be made to have.</summary>
    public EmbeddedKafka Embedded => _embedded ?? throw new InvalidOperationException("These brokers take no orders.");

    public static TestKafka Start() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } servers ? new TestKafka(null, servers) : StartEmbedded();

    public static TestKafka StartEmbedded(int brokers = 1)
    {
        var embedded = EmbeddedKafka.Start(new EmbeddedKafkaOptions { Brokers = brokers });
        return new TestKafka(embedded, embedded.BootstrapServers);
    }

    /// <summary>What a topic is called on these brokers.</summary>
    public string Topic(string name) => _prefix + name;

    public void CreateTopic(string name, int partitions)
    {
        if (_embedded is not null)
        {
            _embedded.CreateTopic(name, partitions);
            return;
        }

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _bootstrapServers }).Build();
        admin.CreateTopicsAsync([new TopicSpecification { Name = Topic(name), NumPartitions = partitions, ReplicationFactor = 1 }])
            .GetAwaiter().GetResult();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal) { [Topic(name)] = partitions };
        KafkaTopics.WaitAsync(_bootstrapServers, counts, TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
    }

    public void SetBrokerDown(int broker) => Embedded.SetBrokerDown(broker);

    public void SetBrokerUp(int broker) => Embedded.SetBrokerUp(broker);

    public void DeleteRecords(string topic, int partition, long beforeOffset) => Embedded.DeleteRecords(topic, partition, beforeOffset);

    public void Dispose() => _embedded?.Dispose();
}
