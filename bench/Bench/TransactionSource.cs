using System.Collections.Concurrent;
using System.Globalization;
using Confluent.Kafka;
using Levee.Features;

namespace Levee.Bench;

/// <summary>Transactions of a population, the same in every run but for their times, and the producer of them.</summary>
internal sealed class TransactionSource : IDisposable
{
    public const string Topic = "transactions";

    private const int MaxComplaints = 15;

    private static readonly string[] Countries = ["DE", "FR", "ES", "IT", "NL"];
    private static readonly string[] Devices = ["mobile", "web", "pos"];

    private readonly Random _random = new(20240229);
    private readonly byte[] _id = new byte[16];
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly IProducer<string, byte[]> _producer;
    private long _failed;

    public TransactionSource(string bootstrapServers) => _producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
    {
        BootstrapServers = bootstrapServers,
        Acks = Acks.All,
        EnableIdempotence = true,
        CompressionType = CompressionType.Zstd,
        LingerMs = 2,
        QueueBufferingMaxMessages = 500_000,
    }).SetLogHandler((_, line) => Complain(line.Message)).SetErrorHandler((_, error) => Complain(error.ToString())).Build();

    /// <summary>The next transaction of a population, at the given time in microseconds since the Unix epoch.</summary>
    public Transaction Next(Population population, long eventTimeMicros)
    {
        _random.NextBytes(_id);
        var cents = (long)Math.Max(1, Math.Exp(3.5 + _random.NextDouble() + _random.NextDouble() - 1) * 100);
        return new Transaction
        {
            TransactionId = new Guid(_id),
            CustomerId = population.FirstCustomer + _random.Next(population.Customers),
            MerchantId = population.FirstMerchant
                + (_random.NextDouble() < population.FirstMerchantShare ? 0 : _random.Next(population.Merchants)),
            Amount = cents / 100m,
            Currency = "EUR",
            BaseCents = cents,
            EventTimeMicros = eventTimeMicros,
            CardLast4 = _random.Next(0, 10_000).ToString("0000", CultureInfo.InvariantCulture),
            Country = Countries[_random.Next(Countries.Length)],
            DeviceType = Devices[_random.Next(Devices.Length)],
        };
    }

    /// <summary>Hands a transaction to the producer, which sends it in the background.</summary>
    public void Produce(Transaction transaction) => Produce(Message(transaction));

    public static Message<string, byte[]> Message(Transaction transaction) => new()
    {
        Key = transaction.CustomerId.ToString(CultureInfo.InvariantCulture),
        Value = TransactionJson.Write(transaction),
    };

    public void Produce(Message<string, byte[]> message)
    {
        try
        {
            _producer.Produce(Topic, message, Delivered);
        }
        catch (ProduceException<string, byte[]> exception)
        {
            throw Failure(exception.Error.Reason);
        }
    }

    /// <summary>Waits until the broker has everything.</summary>
    public void Flush()
    {
        if (_producer.Flush(TimeSpan.FromSeconds(60)) > 0 || Interlocked.Read(ref _failed) > 0)
        {
            throw Failure("not every record was taken");
        }
    }

    public void Dispose() => _producer.Dispose();

    private void Complain(string line)
    {
        _complaints.Enqueue(line);
        while (_complaints.Count > MaxComplaints)
        {
            _complaints.TryDequeue(out _);
        }
    }

    private BenchException Failure(string reason) => new($"The broker: {reason}. The client's last words:\n{string.Join('\n', _complaints)}");

    private void Delivered(DeliveryReport<string, byte[]> report)
    {
        if (report.Error.IsError)
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
