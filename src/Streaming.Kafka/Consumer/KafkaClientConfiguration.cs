using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Levee.Streaming.Kafka;

/// <summary>Settings of the Kafka clients, and how producers are made of them.</summary>
internal static class KafkaClientConfiguration
{
    /// <summary>The consumer's settings.</summary>
    /// <param name="options">The provider's options.</param>
    public static ConsumerConfig Consumer(KafkaStreamOptions options)
    {
        var sessionMs = (int)options.SessionTimeout.TotalMilliseconds;
        var config = new ConsumerConfig
        {
            BootstrapServers = options.BootstrapServers,
            GroupId = options.GroupId,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            SessionTimeoutMs = sessionMs,
            HeartbeatIntervalMs = Math.Clamp(sessionMs / 6, 100, 3_000),
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,

            // Where to begin is decided by the checkpoint; an offset that the log does not have is never silently replaced.
            AutoOffsetReset = AutoOffsetReset.Error,
            EnablePartitionEof = true,

            // New partitions, and topics created after the silo started, are found within this time.
            TopicMetadataRefreshIntervalMs = 30_000,
            AllowAutoCreateTopics = false,

            FetchWaitMaxMs = (int)options.FetchWait.TotalMilliseconds,

            // The provider has caches of its own, so the client's stay small; its default back-off when they are full (1 s) would then
            // limit throughput to a few thousand records a second.
            QueuedMinMessages = 10_000,
            QueuedMaxMessagesKbytes = 16_384,
            FetchQueueBackoffMs = 5,
        };
        Apply(config, options);
        options.ConfigureConsumer?.Invoke(config);

        // What the guarantee rests on, whatever the hook did.
        config.GroupId = options.GroupId;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.AutoOffsetReset = AutoOffsetReset.Error;
        config.EnablePartitionEof = true;
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        return config;
    }

    /// <summary>Settings of the producers: of dead letters and of streams.</summary>
    /// <param name="options">The provider's options.</param>
    public static ProducerConfig Producer(KafkaStreamOptions options)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = options.BootstrapServers,
            EnableIdempotence = true,
            LingerMs = 5,
            MessageTimeoutMs = 30_000,

            // The broker decides what is too large. The client's own limit (1 MB) is below what brokers take, so a record could be read that
            // cannot become a dead letter.
            MessageMaxBytes = 16 << 20,
        };
        Apply(config, options);
        options.ConfigureProducer?.Invoke(config);
        config.EnableIdempotence = true;
        return config;
    }

    /// <summary>Makes a producer that logs what its client says, and tells of its errors.</summary>
    /// <param name="config">Its settings.</param>
    /// <param name="onError">Called with each error.</param>
    /// <param name="logger">For the client.</param>
    public static IProducer<byte[], byte[]> Build(ProducerConfig config, Action<Error> onError, ILogger logger) =>
        new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) =>
            {
                Log.ClientLog(logger, error.Reason);
                onError(error);
            })
            .SetLogHandler((_, message) => Log.ClientLog(logger, message.Message))
            .Build();

    private static void Apply(ClientConfig config, KafkaStreamOptions options)
    {
        foreach (var (key, value) in options.ClientProperties)
        {
            config.Set(key, value);
        }
    }
}
