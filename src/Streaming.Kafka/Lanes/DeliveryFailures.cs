using Confluent.Kafka;

namespace Levee.Streaming.Kafka;

/// <summary>What becomes of deliveries that fail.</summary>
/// <param name="provider">Name of the stream provider.</param>
/// <param name="options">Its options.</param>
/// <param name="errors">Knows why deliveries failed.</param>
/// <param name="send">Sends a letter; completes when the broker has it.</param>
internal sealed class DeliveryFailures(
    string provider, KafkaStreamOptions options, DeliveryErrors? errors, Func<KafkaPartition, KafkaDeadLetter, Task> send)
{
    /// <summary>True when records must be kept as they came until they are complete.</summary>
    public bool KeepsRecords => options.FailurePolicy == DeliveryFailurePolicy.DeadLetter;

    /// <summary>True when no further attempt is made.</summary>
    /// <param name="attempts">Failed attempts so far.</param>
    public bool GivesUp(int attempts) => KeepsRecords && attempts >= options.MaxDeliveryAttempts;

    /// <summary>Why the last delivery to a stream failed; null when it is not known.</summary>
    /// <param name="stream">The stream.</param>
    public Exception? TakeError(StreamId stream) => errors?.Take(provider, stream);

    /// <summary>Sends an event's record to the dead letters; completes when the broker has it.</summary>
    /// <param name="lane">The event's lane.</param>
    /// <param name="item">The event.</param>
    /// <param name="attempts">How often its delivery failed.</param>
    /// <param name="error">Why it failed last; null when that is not known.</param>
    /// <exception cref="OperationCanceledException">The partition was given back before.</exception>
    public Task GiveUpAsync(StreamLane lane, in LaneItem item, int attempts, Exception? error)
    {
        var timestamp = item.Message?.Timestamp ?? Timestamp.Default;
        var reason = error is null ? "the reason is not known" : $"{error.GetType().Name}: {error.Message}";
        var letter = new KafkaDeadLetter
        {
            Topic = lane.Partition.Topic,
            Partition = lane.Partition.Number,
            Offset = item.Offset,
            Rejection = new KafkaRejection(
                FormattableString.Invariant($"Delivery to stream {lane.Stream} failed {attempts} times. Last error: {reason}")),
            TimestampMicros = timestamp.Type == TimestampType.NotAvailable ? null : timestamp.UnixTimestampMs * 1000,
            Key = item.Message?.Key,
            Value = item.Message?.Value,
            Headers = item.Message?.Headers,
            Stream = lane.Stream.ToString(),
            Attempts = attempts,
            ExceptionType = error?.GetType().FullName,
        };
        return send(lane.Partition, letter);
    }
}
