using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka;

/// <summary>
/// An idempotent producer that is made on first use, and made anew when it has failed for good: after a fatal error, such as numbers that the
/// broker has lost track of, a client refuses everything until it is replaced.
/// </summary>
internal sealed class RecoveringProducer(Func<IProducer<byte[], byte[]>> build, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private IProducer<byte[], byte[]>? _current;
    private bool _isDisposed;

    /// <summary>The client of the current producer, for questions to the brokers.</summary>
    public Handle Handle => Current().Handle;

    /// <summary>Hands a record to the client.</summary>
    /// <param name="partition">Where to.</param>
    /// <param name="message">The record.</param>
    /// <returns>Completes when the broker has it.</returns>
    /// <exception cref="KafkaException">
    /// Thrown at once: the client does not take it, perhaps because it is full. In the task: the broker does not. The next call may have a new client.
    /// </exception>
    public Task ProduceAsync(TopicPartition partition, Message<byte[], byte[]> message)
    {
        var producer = Current();
        try
        {
            // Not the client's own ProduceAsync: in its task it also says that it was full, when what came after has overtaken the record.
            var delivery = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            producer.Produce(partition, message, report => End(delivery, report));
            return AwaitAsync(producer, delivery.Task);
        }
        catch (KafkaException exception) when (IsFatal(exception.Error))
        {
            Replace(producer, exception);
            throw;
        }
    }

    /// <summary>Sends what is under way, for a while, and ends.</summary>
    /// <param name="patience">How long.</param>
    public void Close(TimeSpan patience)
    {
        _current?.Flush(patience);
        Dispose();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        IProducer<byte[], byte[]>? current;
        lock (_gate)
        {
            (current, _current, _isDisposed) = (_current, null, true);
        }

        current?.Dispose();
    }

    private static bool IsFatal(Error error) => error.IsFatal || error.Code == ErrorCode.Local_Fatal;

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

    private async Task AwaitAsync(IProducer<byte[], byte[]> producer, Task delivery)
    {
        try
        {
            await delivery;
        }
        catch (KafkaException exception) when (IsFatal(exception.Error))
        {
            Replace(producer, exception);
            throw;
        }
    }

    private IProducer<byte[], byte[]> Current()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _current ??= build();
        }
    }

    private void Replace(IProducer<byte[], byte[]> failed, KafkaException exception)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_current, failed))
            {
                return;
            }

            _current = null;
        }

        Log.ProducerReplaced(logger, exception);

        // It answers for all that it still holds while it ends, on this thread perhaps.
        _ = Task.Run(failed.Dispose);
    }
}
