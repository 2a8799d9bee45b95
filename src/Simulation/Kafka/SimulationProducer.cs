using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Levee.Simulation;

/// <summary>The Kafka producer of a simulator: idempotent, so that the order within a partition is the order of producing.</summary>
internal sealed class SimulationProducer : IDisposable
{
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FlushStep = TimeSpan.FromMilliseconds(200);

    private readonly KafkaSimulatorOptions _options;
    private readonly Tally _tally;
    private readonly TimeProvider _time;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly int _partitions;
    private volatile string? _fatal;

    public SimulationProducer(KafkaSimulatorOptions options, Tally tally, TimeProvider time)
    {
        _options = options;
        _tally = tally;
        _time = time;
        var configuration = new ProducerConfig
        {
            BootstrapServers = options.BootstrapServers,
            ClientId = "levee-simulator",
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 5,
            CompressionType = CompressionType.Zstd,
            QueueBufferingMaxMessages = options.MaxQueuedRecords,
        };
        _producer = new ProducerBuilder<byte[], byte[]>(configuration)
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, _) => { })
            .Build();
        try
        {
            _partitions = FindPartitions();
        }
        catch
        {
            _producer.Dispose();
            throw;
        }
    }

    /// <summary>Produces to the customer's partition of the topic of transactions.</summary>
    public ValueTask SendAsync(ProducedKind kind, SimulatedTransaction simulated, byte[] value, CancellationToken cancellationToken)
    {
        var customer = simulated.Transaction.CustomerId;
        var key = customer.ToString(CultureInfo.InvariantCulture);
        var partition = _options.Partitioner == ProducerPartitioner.Murmur2
            ? Murmur2.Partition(Encoding.UTF8.GetBytes(key), _partitions)
            : (int)(customer % _partitions);
        return SendAsync(kind, _options.Topic, partition, key, value, simulated, cancellationToken);
    }

    /// <summary>Produces a label; those of one transaction stay in order.</summary>
    public ValueTask SendLabelAsync(Guid transactionId, byte[] value, CancellationToken cancellationToken) => SendAsync(
        ProducedKind.Label, _options.LabelTopic!, Partition.Any, transactionId.ToString("D"), value, null, cancellationToken);

    /// <summary>Waits until the brokers have taken everything, or the time is over.</summary>
    public async Task FlushAsync(TimeSpan limit)
    {
        var start = _time.GetTimestamp();
        await Task.Yield();
        while (_producer.Flush(FlushStep) > 0 && _fatal is null && _time.GetElapsedTime(start) < limit)
        {
        }
    }

    /// <summary>Throws when the producer cannot go on.</summary>
    /// <exception cref="SimulationException">It cannot.</exception>
    public void ThrowIfFatal()
    {
        if (_fatal is { } reason)
        {
            throw new SimulationException($"The Kafka producer cannot go on: {reason}.");
        }
    }

    public void Dispose() => _producer.Dispose();

    private async ValueTask SendAsync(
        ProducedKind kind, string topic, Partition partition, string key, byte[] value, SimulatedTransaction? simulated, CancellationToken cancellationToken)
    {
        var message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = value };
        while (true)
        {
            ThrowIfFatal();
            try
            {
                _producer.Produce(new TopicPartition(topic, partition), message, report => OnDelivered(report, kind, key, simulated));
                _tally.Add(kind, simulated);
                return;
            }
            catch (ProduceException<byte[], byte[]> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Task.Delay(QueueFullPause, _time, cancellationToken);
            }
        }
    }

    private void OnDelivered(DeliveryReport<byte[], byte[]> report, ProducedKind kind, string key, SimulatedTransaction? simulated)
    {
        if (report.Error.IsError)
        {
            _tally.Fail($"{report.Topic}: {report.Error.Reason}");
            return;
        }

        _options.Produced?.Invoke(
            new ProducedRecord(kind, report.Topic, report.Partition.Value, report.Offset.Value, key, report.Message.Value, simulated));
        _tally.Acknowledge();
    }

    private void OnError(Error error)
    {
        _tally.Trouble(error.Reason);
        if (error.IsFatal)
        {
            _fatal = error.Reason;
        }
    }

    private int FindPartitions()
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        var found = CountPartitions(admin, _options.Topic);
        if (_options.LabelTopic is not null)
        {
            CountPartitions(admin, _options.LabelTopic);
        }

        return _options.Partitions is not { } wanted
            ? found
            : wanted <= found
                ? wanted
                : throw new SimulationException($"Topic {_options.Topic} has {found} partitions, fewer than the {wanted} that were asked for.");
    }

    private int CountPartitions(IAdminClient admin, string name)
    {
        try
        {
            var topic = admin.GetMetadata(name, _options.ConnectTimeout).Topics.Single(t => t.Topic == name);
            return topic.Error.IsError || topic.Partitions.Count == 0
                ? throw new SimulationException($"Topic {name} is not usable at {_options.BootstrapServers}: {topic.Error.Reason}.")
                : topic.Partitions.Count;
        }
        catch (KafkaException exception)
        {
            throw new SimulationException($"No Kafka broker answers at {_options.BootstrapServers}: {exception.Error.Reason}.", exception);
        }
    }
}
