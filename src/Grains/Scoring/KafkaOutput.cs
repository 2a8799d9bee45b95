using Confluent.Kafka;
using Levee.Grains.Hosting;
using Microsoft.Extensions.Options;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Grains.Scoring;

/// <summary>
/// The silo's own Kafka producer: idempotent, made on first use, flushed at the end, and made anew after an error from which a client does not
/// recover.
/// </summary>
/// <param name="build">
/// Makes a client that tells of its errors. Only there is it said that one is fatal: the calls that fail afterwards, and the reports, have its
/// code and are not marked.
/// </param>
internal sealed class KafkaOutput(Func<Action<Error>, IProducer<byte[], byte[]>> build) : IDisposable
{
    private const int MessageTimeoutMs = 30_000;
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AtTheEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastReports = TimeSpan.FromMilliseconds(MessageTimeoutMs + 5_000);

    private readonly Lock _gate = new();
    private Client? _client;

    /// <summary>Of clients with the silo's options.</summary>
    public KafkaOutput(IOptions<KafkaOptions> options)
        : this(onError => Build(options.Value, onError))
    {
    }

    /// <summary>Produces messages.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="messages">The messages, at least one.</param>
    /// <returns>What waits for the broker.</returns>
    /// <exception cref="KafkaException">The client takes no more, its queue is full for instance; some of them may be on their way.</exception>
    public DeliveryCount Produce(string topic, IReadOnlyCollection<Message<byte[], byte[]>> messages)
    {
        var client = Current();
        var count = new DeliveryCount(messages.Count, client.Ended);
        Action<DeliveryReport<byte[], byte[]>> report = count.Report;
        foreach (var message in messages)
        {
            client.Producer.Produce(topic, message, report);
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
        if (_client is { } client)
        {
            client.End(AtTheEnd);
        }
    }

    private Task<TopicMetadata?> FindTopicAsync(string topic) => Task.Run(() =>
    {
        using var admin = new DependentAdminClientBuilder(Current().Producer.Handle).Build();
        return admin.GetMetadata(topic, MetadataTimeout).Topics.Find(t => t.Topic == topic);
    });

    private Client Current()
    {
        lock (_gate)
        {
            return _client ??= new Client(build, Replace);
        }
    }

    // After a fatal error, such as numbers that the broker has lost track of, a client refuses everything.
    private void Replace(Client failed)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_client, failed))
            {
                return;
            }

            _client = null;
        }

        // What brokers still have in hand is reported first: with the client its reports end.
        _ = Task.Run(() => failed.End(LastReports));
    }

    private static IProducer<byte[], byte[]> Build(KafkaOptions options, Action<Error> onError)
    {
        var config = new ProducerConfig(new Dictionary<string, string>(options.Client))
        {
            BootstrapServers = options.BootstrapServers,
            EnableIdempotence = true,
            LingerMs = 5,
            CompressionType = CompressionType.Lz4,
            MessageTimeoutMs = MessageTimeoutMs,
            QueueBufferingMaxMessages = 100_000,
        };
        return new ProducerBuilder<byte[], byte[]>(config).SetErrorHandler((_, error) => onError(error)).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>A client, and its end: what it has not reported by then it never will.</summary>
    private sealed class Client
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Client(Func<Action<Error>, IProducer<byte[], byte[]>> build, Action<Client> onFatal) => Producer = build(error =>
        {
            if (error.IsFatal)
            {
                onFatal(this);
            }
        });

        public IProducer<byte[], byte[]> Producer { get; }

        public Task Ended => _ended.Task;

        public void End(TimeSpan patience)
        {
            try
            {
                Producer.Flush(patience);
            }
            finally
            {
                Producer.Dispose();
                _ended.TrySetResult();
            }
        }
    }
}
