using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka;

/// <summary>
/// An idempotent producer that is made on first use, and made anew when it has failed for good: after a fatal error, such as numbers that the
/// broker has lost track of, a client refuses everything until it is replaced.
/// </summary>
/// <param name="build">
/// Makes a client that tells of its errors. Only there is it said that one is fatal: the calls that fail afterwards, and the reports, have its
/// code and are not marked.
/// </param>
/// <param name="logger">Hears of clients that failed.</param>
internal sealed class RecoveringProducer(Func<Action<Error>, IProducer<byte[], byte[]>> build, ILogger logger) : IDisposable
{
    // Longer than a record may wait for its broker (message.timeout.ms).
    private static readonly TimeSpan LastReports = TimeSpan.FromSeconds(35);

    private readonly Lock _gate = new();
    private Client? _current;
    private bool _isDisposed;

    /// <summary>The client of the current producer, for questions to the brokers.</summary>
    public Handle Handle => Current().Producer.Handle;

    /// <summary>Hands a record to the client.</summary>
    /// <param name="partition">Where to.</param>
    /// <param name="message">The record.</param>
    /// <returns>Completes when the broker has it.</returns>
    /// <exception cref="KafkaException">
    /// Thrown at once: the client does not take it, perhaps because it is full. In the task: the broker does not, or the client ended before it
    /// said so. The next call may have a new client.
    /// </exception>
    public Task ProduceAsync(TopicPartition partition, Message<byte[], byte[]> message)
    {
        var client = Current();

        // Not the client's own ProduceAsync: in its task it also says that it was full, when what came after has overtaken the record.
        var delivery = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Producer.Produce(partition, message, report => End(delivery, report));
        return AwaitAsync(client, delivery.Task);
    }

    /// <summary>Sends what is under way, for a while, and ends.</summary>
    /// <param name="patience">How long.</param>
    public void Close(TimeSpan patience)
    {
        _current?.Producer.Flush(patience);
        Dispose();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Client? current;
        lock (_gate)
        {
            (current, _current, _isDisposed) = (_current, null, true);
        }

        current?.Dispose();
    }

    private static void End(TaskCompletionSource delivery, DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
        {
            delivery.SetException(new ProduceException<byte[], byte[]>(report.Error, report));
        }
        else
        {
            delivery.SetResult();
        }
    }

    private static async Task AwaitAsync(Client client, Task delivery)
    {
        await Task.WhenAny(delivery, client.Ended);
        if (!delivery.IsCompleted)
        {
            throw new KafkaException(new Error(
                ErrorCode.Local_Destroy, "The producer ended before the broker answered; the record may have been delivered."));
        }

        await delivery;
    }

    private Client Current()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _current ??= new Client(build, Replace);
        }
    }

    private void Replace(Client failed, Error error)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_current, failed))
            {
                return;
            }

            _current = null;
        }

        Log.ProducerReplaced(logger, error.Reason);

        // What brokers still have in hand is reported first: with the client its reports end.
        _ = Task.Run(() =>
        {
            try
            {
                failed.Producer.Flush(LastReports);
            }
            finally
            {
                failed.Dispose();
            }
        });
    }

    /// <summary>A client, and its end: what it has not reported by then it never will.</summary>
    private sealed class Client : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Client(Func<Action<Error>, IProducer<byte[], byte[]>> build, Action<Client, Error> onFatal) => Producer = build(error =>
        {
            if (error.IsFatal)
            {
                onFatal(this, error);
            }
        });

        public IProducer<byte[], byte[]> Producer { get; }

        public Task Ended => _ended.Task;

        public void Dispose()
        {
            Producer.Dispose();
            _ended.TrySetResult();
        }
    }
}
