using Microsoft.Extensions.Options;

namespace Levee.Silo.Hosting;

/// <summary>Stops the host in a bounded time, also while PostgreSQL and the brokers are away.</summary>
internal static class SiloStop
{
    // Enough for what was cancelled to return; the rest waits for servers that do not answer.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Returns when the host has stopped, or when <see cref="HostOptions.ShutdownTimeout"/> is over. What then still waits for a server ends with the
    /// process: nothing is lost by it, for a silo may be killed at any time.
    /// </summary>
    public static async Task StopAsync(WebApplication app, TimeProvider time)
    {
        var timeout = app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        using var deadline = new CancellationTokenSource(timeout, time);
        try
        {
            await app.StopAsync(deadline.Token).WaitAsync(timeout + Grace, time);
            await app.DisposeAsync().AsTask().WaitAsync(Grace, time);
        }
        catch (Exception exception) when (exception is TimeoutException || deadline.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(
                $"levee: Not all servers answered within {timeout.TotalSeconds:0} s of stopping; what this silo could not hand over, others take from PostgreSQL and Kafka.");
        }
    }
}
