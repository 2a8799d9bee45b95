using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka;

/// <summary>Writes to the dead-letter topics through one idempotent producer.</summary>
internal sealed class DeadLetterSink : IKafkaDeadLetters, IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private readonly KafkaStreamOptions _options;
    private readonly KafkaStreamMetrics _metrics;
    private readonly ILogger _logger;
    private readonly RecoveringProducer _producer;

    public DeadLetterSink(KafkaStreamOptions options, KafkaStreamMetrics metrics, ILogger logger)
    {
        _options = options;
        _metrics = metrics;
        _logger = logger;
        _producer = new RecoveringProducer(
            onError => KafkaClientConfiguration.Build(KafkaClientConfiguration.Producer(options), onError, logger), logger);
    }

    /// <inheritdoc />
    public Task SendAsync(KafkaDeadLetter letter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return SendAsync(letter, letter.Value, Headers(letter), cancellationToken);
    }

    /// <summary>
    /// Sends a record and completes it when the broker has it. Tries until then, or until the partition is given back, whose next owner
    /// then sends it.
    /// </summary>
    /// <param name="partition">The partition that it came from.</param>
    /// <param name="record">The record.</param>
    /// <param name="rejection">Why it cannot be used.</param>
    /// <param name="handle">Its handle in the partition's tracker.</param>
    public void SendUntilDelivered(KafkaPartition partition, in KafkaRecord record, KafkaRejection rejection, long handle)
    {
        Log.RecordRejected(_logger, partition, record.Offset, rejection.Reason);
        var letter = new KafkaDeadLetter
        {
            Topic = record.Topic,
            Partition = record.Partition,
            Offset = record.Offset,
            Rejection = rejection,
            TimestampMicros = record.TimestampMicros,
            Key = record.Key,
            Value = record.Value,
            Headers = record.Headers,
        };
        _ = Task.Run(async () =>
        {
            try
            {
                await SendUntilDeliveredAsync(partition, letter);
                partition.Complete(handle);
            }
            catch (OperationCanceledException)
            {
                // Given back while the letter was on its way: the next owner sends it.
            }
        });
    }

    /// <summary>Sends a letter; tries until the broker has it, or until the partition is given back.</summary>
    /// <param name="partition">The partition that it came from.</param>
    /// <param name="letter">The letter.</param>
    /// <exception cref="OperationCanceledException">The partition was given back; the letter may have been delivered.</exception>
    public async Task SendUntilDeliveredAsync(KafkaPartition partition, KafkaDeadLetter letter)
    {
        var delay = FirstDelay;
        while (true)
        {
            partition.Released.ThrowIfCancellationRequested();
            try
            {
                await SendAsync(partition, letter);
                return;
            }
            catch (Exception exception) when (!partition.Released.IsCancellationRequested)
            {
                Log.DeadLetterFailed(_logger, partition, letter.Offset, exception);
                await Task.Delay(delay, partition.Released).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
            catch (Exception exception)
            {
                throw new OperationCanceledException("The partition was given back.", exception, partition.Released);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _producer.Dispose();

    private async Task SendAsync(KafkaDeadLetter letter, byte[]? value, Headers headers, CancellationToken cancellationToken)
    {
        var message = new Message<byte[], byte[]> { Key = letter.Key!, Value = value!, Headers = headers };
        await _producer.ProduceAsync(new TopicPartition(TopicFor(letter.Topic), Partition.Any), message).WaitAsync(cancellationToken);
        _metrics.DeadLetters.Add(1, _metrics.Tags(letter.Topic));
    }

    // A record that its own topic took can be too large for the letters' topic, with their headers or where its limit is lower. Then where it
    // lies has to do.
    private async Task SendAsync(KafkaPartition partition, KafkaDeadLetter letter)
    {
        try
        {
            await SendAsync(letter, partition.Released);
        }
        catch (KafkaException exception)
            when (exception.Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge && letter.Value is { Length: > 0 } value)
        {
            Log.DeadLetterCut(_logger, partition, letter.Offset, value.Length);
            var headers = Headers(letter);
            headers.Add(KafkaDeadLetterHeaders.ValueBytes, Encoding.UTF8.GetBytes(value.Length.ToString(CultureInfo.InvariantCulture)));
            await SendAsync(letter, null, headers, partition.Released);
        }
    }

    private static Headers Headers(KafkaDeadLetter letter)
    {
        var headers = new Headers();
        foreach (var header in letter.Headers ?? [])
        {
            if (!header.Key.StartsWith(KafkaDeadLetterHeaders.Prefix, StringComparison.Ordinal))
            {
                headers.Add(header.Key, header.GetValueBytes());
            }
        }

        Add(KafkaDeadLetterHeaders.Reason, letter.Rejection.Reason);
        Add(KafkaDeadLetterHeaders.Field, letter.Rejection.Field);
        Add(KafkaDeadLetterHeaders.Topic, letter.Topic);
        Add(KafkaDeadLetterHeaders.Partition, letter.Partition.ToString(CultureInfo.InvariantCulture));
        Add(KafkaDeadLetterHeaders.Offset, letter.Offset.ToString(CultureInfo.InvariantCulture));
        Add(KafkaDeadLetterHeaders.Timestamp, (letter.TimestampMicros / 1000)?.ToString(CultureInfo.InvariantCulture));
        Add(KafkaDeadLetterHeaders.Stream, letter.Stream);
        Add(KafkaDeadLetterHeaders.Attempts, letter.Attempts?.ToString(CultureInfo.InvariantCulture));
        Add(KafkaDeadLetterHeaders.ExceptionType, letter.ExceptionType);
        return headers;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                headers.Add(name, Encoding.UTF8.GetBytes(value));
            }
        }
    }

    private string TopicFor(string topic) =>
        _options.Topics.FirstOrDefault(t => t.Name == topic)?.DeadLetterTopic ?? topic + _options.DeadLetterSuffix;
}
