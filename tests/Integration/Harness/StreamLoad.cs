using System.Diagnostics;
using System.Text;
using Confluent.Kafka;

namespace Levee.Integration.Harness;

/// <summary>Puts a plan on the topic, all at once or in parts at a given rate, keyed by customer like every producer should, or by nothing.</summary>
public sealed class StreamLoad : IDisposable
{
    public const int Partitions = 12;

    // What waits for the broker's answer; while it is away no more than this piles up.
    private const int MaxUnanswered = 2_000;
    private const int PatienceMs = 3_000;

    private readonly bool _anyPartition;
    private readonly int _partitions;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly IEnumerator<PlannedMessage> _messages;
    private readonly List<Task> _deliveries = [];
    private int _sent;

    public StreamLoad(string bootstrapServers, StreamPlan plan, int partitions = Partitions)
    {
        _anyPartition = plan.AnyPartition;
        _partitions = partitions;
        Produced = new ProducedStream { IsOrdered = !plan.AnyPartition };
        _messages = PlannedMessages.Of(plan, TimeProvider.System.GetUtcNow()).GetEnumerator();
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            LingerMs = 5,
            CompressionType = CompressionType.Zstd,

            // What a broker had not answered when it was taken away, the client may wait for by its default of a minute, and holds back
            // all that it has for that broker. Until then nothing is in the log that could flow.
            SocketTimeoutMs = PatienceMs,
            RequestTimeoutMs = PatienceMs,
            ReconnectBackoffMaxMs = 1_000,
        })
            .SetLogHandler((_, _) => { })
            .Build();
    }

    /// <summary>What was produced until now.</summary>
    public ProducedStream Produced { get; }

    /// <summary>Where the broker put a transaction first, by its own word.</summary>
    public string PositionOf(Guid transactionId) => Produced.Positions.TryGetValue(transactionId, out var position) ? position.ToString() : "nowhere";

    /// <summary>Produces the plan's next messages and waits until the broker has them.</summary>
    /// <param name="count">How many; fewer when the plan ends before.</param>
    /// <param name="perSecond">The rate; 0 for as fast as the broker takes them.</param>
    public async Task ProduceAsync(int count = int.MaxValue, int perSecond = 0)
    {
        var startedAt = Stopwatch.GetTimestamp();
        for (var i = 0; i < count && _messages.MoveNext(); i++)
        {
            Send(_messages.Current);
            if (_deliveries.Count >= MaxUnanswered)
            {
                await AnswersAsync();
            }

            if (perSecond > 0 && TimeSpan.FromSeconds((double)i / perSecond) - Stopwatch.GetElapsedTime(startedAt) is { Milliseconds: >= 5 } early)
            {
                await Task.Delay(early);
            }
        }

        await AnswersAsync();
    }

    public void Dispose()
    {
        _messages.Dispose();
        _producer.Dispose();
    }

    private void Send(PlannedMessage message)
    {
        Produced.Add(message);
        _deliveries.Add(DeliverAsync(message));
    }

    private async Task DeliverAsync(PlannedMessage message)
    {
        var result = await _producer.ProduceAsync(
            new TopicPartition("transactions", PartitionOf(message)),
            new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes($"{message.CustomerId}"), Value = message.Value });
        if (message.Transaction is { } transaction)
        {
            Produced.Positions.TryAdd(transaction.TransactionId, result.TopicPartitionOffset);
        }
    }

    private int PartitionOf(PlannedMessage message) =>
        _anyPartition ? _sent++ % _partitions : message.CustomerId is { } customer ? (int)(customer % _partitions) : 0;

    private async Task AnswersAsync()
    {
        await Task.WhenAll(_deliveries);
        _deliveries.Clear();
    }
}
