using Microsoft.Extensions.Logging;

namespace Levee.Storage.Tests.Support;

/// <summary>A log of which only the first warning counts.</summary>
public sealed class FirstWarning<T> : ILogger<T>
{
    private readonly TaskCompletionSource<string> _text = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The warning, when there is one.</summary>
    public Task<string> Text => _text.Task;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _text.TrySetResult(formatter(state, exception));
        }
    }
}
