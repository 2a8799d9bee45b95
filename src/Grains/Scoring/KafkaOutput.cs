using Confluent.Kafka;
using Levee.Grains.Hosting;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Scoring;

/// <summary>The silo's own Kafka producer: idempotent, made on first use, flushed at the end.</summary>
internal sealed class KafkaOutput(IOptions<KafkaOptions> options) : IDisposable
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);

    private readonly Lazy<IProducer<byte[], byte[]>> _producer = new(() => Build(options.Value));

    /// <summary>Produces one message; completes when the broker has it.</summary>
    /// <exception cref="ProduceException{TKey, TValue}">The broker did not take it in time.</exception>
    public Task ProduceAsync(string topic, Message<byte[], byte[]> message) => _producer.Value.ProduceAsync(topic, message);

    /// <summary>Produces messages.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="messages">The messages, at least one.</param>
    /// <returns>What waits for the broker.</returns>
    /// <exception cref="ProduceException{TKey, TValue}">The producer's queue is full; some of them may be on their way.</exception>
    public DeliveryCount Produce(string topic, IReadOnlyCollection<Message<byte[], byte[]>> messages)
    {
        var count = new DeliveryCount(messages.Count);
        Action<DeliveryReport<byte[], byte[]>> report = count.Report;
        foreach (var message in messages)
        {
            _producer.Value.Produce(topic, message, report);
        }

        return count;
    }

    /// <summary>Whether a topic exists, or is made by asking for it where the brokers do that.</summary>
    /// <exception cref="KafkaException">The brokers do not answer.</exception>
    public Task<bool> HasTopicAsync(string topic) => Task.Run(() =>
    {
        using var admin = new DependentAdminClientBuilder(_producer.Value.Handle).Build();
        return admin.GetMetadata(topic, MetadataTimeout).Topics.Find(t => t.Topic == topic) is { } found && !ScoresTopic.IsMissing(found.Error);
    });

    public void Dispose()
    {
        if (_producer.IsValueCreated)
        {
            _producer.Value.Flush(TimeSpan.FromSeconds(2));
            _producer.Value.Dispose();
        }
    }

    private static IProducer<byte[], byte[]> Build(KafkaOptions options)
    {
        var config = new ProducerConfig(new Dictionary<string, string>(options.Client))
        {
            BootstrapServers = options.BootstrapServers,
            EnableIdempotence = true,
            LingerMs = 5,
            CompressionType = CompressionType.Lz4,
            MessageTimeoutMs = 30_000,
            QueueBufferingMaxMessages = 100_000,
        };
        return new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
    }
}
