using Confluent.Kafka;
using Levee.Grains.Hosting;

namespace Levee.Cli.Kafka;

/// <summary>Settings of the Kafka clients of the command line: those of <c>Levee:Kafka:Client</c>, and the commands' own.</summary>
internal static class KafkaClients
{
    private const string ClientId = "levee-cli";

    public static IAdminClient Admin(string servers) => new AdminClientBuilder(new AdminClientConfig(Client())
    {
        BootstrapServers = servers,
        ClientId = ClientId,
    }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    /// <summary>A consumer that is given its partitions, keeps no offsets and says where a partition ends.</summary>
    public static IConsumer<byte[]?, byte[]?> Consumer(string servers) => new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig(Client())
    {
        BootstrapServers = servers,
        ClientId = ClientId,
        GroupId = ClientId,
        EnableAutoCommit = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnablePartitionEof = true,
        AllowAutoCreateTopics = false,
    }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    public static IProducer<byte[]?, byte[]?> IdempotentProducer(string servers) => new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig(Client())
    {
        BootstrapServers = servers,
        ClientId = ClientId,
        EnableIdempotence = true,
        LingerMs = 5,
        CompressionType = CompressionType.Zstd,
        MessageTimeoutMs = 30_000,
    }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    private static Dictionary<string, string> Client() => CliConfiguration.Load().Section<KafkaOptions>(KafkaOptions.Section).Client;
}
