using System.Collections.Concurrent;
using System.Diagnostics;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka;

/// <summary>What the brokers and the checkpoint store last complained about.</summary>
internal sealed class ConsumerStatus
{
    private static readonly TimeSpan SilenceAfterNews = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ErrorCode, long> _saidAt = new();
    private volatile string? _brokerError;
    private volatile string? _storeError;

    /// <summary>Null while all is well.</summary>
    public string? LastError => _brokerError ?? _storeError;

    /// <summary>True once in ten seconds for each kind of error: a client says several times a second that a broker is away.</summary>
    /// <param name="code">The kind.</param>
    public bool IsNews(ErrorCode code)
    {
        var now = Stopwatch.GetTimestamp();
        var isNews = !_saidAt.TryGetValue(code, out var saidAt) || Stopwatch.GetElapsedTime(saidAt, now) >= SilenceAfterNews;
        if (isNews)
        {
            _saidAt[code] = now;
        }

        return isNews;
    }

    public void BrokerFailed(string message) => _brokerError = "Kafka: " + message;

    public void BrokerAnswered() => _brokerError = null;

    public void StoreFailed(Exception exception) => _storeError = "Checkpoint store: " + exception.Message;

    public void StoreAnswered() => _storeError = null;
}
