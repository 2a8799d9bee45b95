using Confluent.Kafka;
using Levee.Grains.Hosting;
using Microsoft.Extensions.Options;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Grains.Scoring;

/// <summary>
/// The silo's own Kafka producer: idempotent, made on first use, flushed at the end, and made anew after an error from which a client does not
/// recover.
/// </summary>
/// <param name="build">Makes a client.</param>
internal sealed class KafkaOutput(Func<IProducer<byte[], byte[]>> build) : IDisposable
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private IProducer<byte[], byte[]>? _producer;

    /// <summary>Of clients with the silo's options.</summary>
    public KafkaOutput(IOptions<KafkaOptions> options)
        : this(() => Build(options.Value))
    {
    }

    /// <summary>Produces one message; completes when the broker has it.</summary>
    /// <exception cref="ProduceException{TKey, TValue}">The broker did not take it in time.</exception>
    public async Task ProduceAsync(string topic, Message<byte[], byte[]> message)
    {
        var producer = Current();
        try
        {
            await producer.ProduceAsync(topic, message);
        }
        catch (KafkaException exception)
        {
            ReplaceAfter(exception, producer);
            throw;
        }
    }

    /// <summary>Produces messages.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="messages">The messages, at least one.</param>
    /// <returns>What waits for the broker.</returns>
    /// <exception cref="ProduceException{TKey, TValue}">The producer's queue is full; some of them may be on their way.</exception>
    public DeliveryCount Produce(string topic, IReadOnlyCollection<Message<byte[], byte[]>> messages)
    {
        var producer = Current();
        var count = new DeliveryCount(messages.Count);
        Action<DeliveryReport<byte[], byte[]>> report = count.Report;
        try
        {
            foreach (var message in messages)
            {
                producer.Produce(topic, message, report);
            }
        }
        catch (KafkaException exception)
        {
            ReplaceAfter(exception, producer);
            throw;
        }

        return count;
    }

    /// <summary>Whether a topic exists, or is made by asking for it where the brokers do that.</summary>
    /// <exception cref="KafkaException">The brokers do not answer.</exception>
    public async Task<bool> HasTopicAsync(string topic) => await FindTopicAsync(topic) is { } found && !ScoresTopic.IsMissing(found.Error);

    /// <summary>How many partitions a topic has, at least one.</summary>
    /// <exception cref="KafkaException">The brokers do not answer, or do not know it.</exception>
    public async Task<int> CountPartitionsAsync(string topic) => await FindTopicAsync(topic) switch
    {
        null => throw new KafkaException(ErrorCode.UnknownTopicOrPart),
        { Error: { IsError: true } error } => throw new KafkaException(error),
        var found => found.Partitions.Count,
    };

    public void Dispose()
    {
        if (_producer is { } producer)
        {
            producer.Flush(TimeSpan.FromSeconds(2));
            producer.Dispose();
        }
    }

    private Task<TopicMetadata?> FindTopicAsync(string topic) => Task.Run(() =>
    {
        using var admin = new DependentAdminClientBuilder(Current().Handle).Build();
        return admin.GetMetadata(topic, MetadataTimeout).Topics.Find(t => t.Topic == topic);
    });

    private IProducer<byte[], byte[]> Current()
    {
        lock (_gate)
        {
            return _producer ??= build();
        }
    }

    // After a fatal error, such as numbers that the broker has lost track of, a client refuses everything.
    private void ReplaceAfter(KafkaException exception, IProducer<byte[], byte[]> failed)
    {
        if (!exception.Error.IsFatal && exception.Error.Code != ErrorCode.Local_Fatal)
        {
            return;
        }

        lock (_gate)
        {
            if (!ReferenceEquals(_producer, failed))
            {
                return;
            }

            _producer = null;
        }

        _ = Task.Run(failed.Dispose);
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
