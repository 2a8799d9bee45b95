using Confluent.Kafka;
using Levee.Grains.Streams;
using Microsoft.Extensions.Logging;

namespace Levee.Grains.Scoring;

/// <summary>
/// Whether the topic of scores exists. A customer's stream waits until its scores are published, and must not wait for a topic that may
/// never come: while there is none, scores stay in the prediction log and are not published.
/// </summary>
/// <param name="topic">Its name.</param>
/// <param name="exists">Asks the brokers; throws <see cref="KafkaException"/> when they do not answer.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Says once a minute what is dropped.</param>
internal sealed partial class ScoresTopic(string topic, Func<string, Task<bool>> exists, TimeProvider time, ILogger<ScoresTopic> logger)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SayAgainAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private Task<bool>? _asking;
    private bool _isThere;
    private long? _missedAt;
    private long? _saidAt;
    private long _droppedSinceSaid;

    /// <summary>Its name.</summary>
    public string Name => topic;

    /// <summary>
    /// Whether scores can be published. Asks the brokers at first, and every ten seconds while the topic is missing. True when they do not
    /// answer: an outage passes, and scores wait for its end like everything else.
    /// </summary>
    public async ValueTask<bool> ExistsAsync()
    {
        Task<bool> asking;
        lock (_lock)
        {
            if (_isThere)
            {
                return true;
            }

            if (_missedAt is { } at && time.GetElapsedTime(at) < AskAgainAfter)
            {
                return false;
            }

            // Also the answer's end takes the lock, so it cannot come before the assignment.
            asking = _asking ??= Task.Run(AskAsync);
        }

        return await asking;
    }

    /// <summary>Scores were dropped because the topic is missing; asks again before the next ones.</summary>
    /// <param name="count">How many, at least 1.</param>
    public void Drop(int count)
    {
        StreamMetrics.ScoresDropped.Inc(count);
        lock (_lock)
        {
            _isThere = false;
            _missedAt ??= time.GetTimestamp();
            _droppedSinceSaid += count;
            if (_saidAt is { } at && time.GetElapsedTime(at) < SayAgainAfter)
            {
                return;
            }

            LogDropped(logger, topic, _droppedSinceSaid);
            _saidAt = time.GetTimestamp();
            _droppedSinceSaid = 0;
        }
    }

    /// <summary>Whether a record was refused because its topic, or its partition, is not there.</summary>
    /// <param name="error">The producer's error.</param>
    public static bool IsMissing(Error error) => error.Code
        is Confluent.Kafka.ErrorCode.UnknownTopicOrPart
        or Confluent.Kafka.ErrorCode.Local_UnknownTopic
        or Confluent.Kafka.ErrorCode.Local_UnknownPartition;

    private async Task<bool> AskAsync()
    {
        try
        {
            var answer = await exists(topic);
            lock (_lock)
            {
                (_asking, _isThere, _missedAt) = (null, answer, answer ? null : time.GetTimestamp());
            }

            return answer;
        }
        catch (Exception)
        {
            // No answer, or the client was replaced while it was asked. Whatever it was, the next one asks again.
            lock (_lock)
            {
                _asking = null;
            }

            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no topic {Topic}: {Count} scores were not published and are in table "
        + "predictions only; levee topics apply creates the topic")]
    private static partial void LogDropped(ILogger logger, string topic, long count);
}
