using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Levee.Streaming.Kafka;

/// <summary>
/// The last delivery error of each stream. The pulling agent tells a cursor that a delivery failed but not why: that it only logs, and so
/// the error is read from its log. Costs nothing while nothing fails.
/// </summary>
internal sealed class DeliveryErrors : ILoggerProvider
{
    /// <summary>The agents' log category, to be followed by a dot and the provider's name.</summary>
    public const string AgentCategory = "Orleans.Streams";

    private const int MaxErrors = 1_024;
    private readonly ConcurrentDictionary<string, Exception> _errors = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Listener(this);

    /// <summary>Takes the error of a stream's last failed delivery out; null when it is not known.</summary>
    /// <param name="provider">Name of the stream provider.</param>
    /// <param name="stream">The stream.</param>
    public Exception? Take(string provider, StreamId stream) =>
        _errors.TryRemove($"{provider}/{stream}", out var error) ? error : null;

    /// <inheritdoc />
    public void Dispose() => _errors.Clear();

    private void Add(string stream, Exception error)
    {
        // What nobody took, because its agent stopped, must not pile up.
        if (_errors.Count >= MaxErrors)
        {
            _errors.Clear();
        }

        _errors[stream] = error;
    }

    private sealed class Listener(DeliveryErrors errors) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is null || logLevel != LogLevel.Warning || state is not IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                return;
            }

            foreach (var (name, value) in values)
            {
                if (name == "StreamId" && value?.ToString() is { } stream)
                {
                    errors.Add(stream, exception);
                }
            }
        }
    }
}
