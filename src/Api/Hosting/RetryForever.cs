namespace Levee.Api.Hosting;

/// <summary>Tries to reach the cluster again every second until it answers or the process stops.</summary>
internal sealed partial class RetryForever(TimeProvider time, ILogger<RetryForever> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        LogRetry(exception.GetType().Name);
        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }

    [LoggerMessage(1, LogLevel.Warning, "No silo can be reached ({Error}), trying again; expected while the cluster starts")]
    private partial void LogRetry(string error);
}
