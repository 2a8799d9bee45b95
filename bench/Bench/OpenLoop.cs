using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace Levee.Bench;

/// <summary>
/// Sends requests at fixed times whether or not earlier ones were answered, and counts each latency from the time at which its request
/// was due. A server that stalls is charged for everything that waited meanwhile, which a closed loop like wrk's forgets
/// (coordinated omission). The generator's own lateness is in the figure as well: about a millisecond, and more where the machine stands still.
/// </summary>
internal sealed class OpenLoop(
    Uri address, IReadOnlyList<byte[]> bodies, int ratePerSecond, Action<byte[]>? answered = null) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(10) };
    private int _inFlight;
    private long _failures;

    /// <summary>Times of the answers with status 429, which are failures too; of all runs.</summary>
    public LatencyHistogram Refusals { get; } = new();

    /// <summary>
    /// Requests that may wait for their answers at one time; one that is due beyond is not sent and counts as failed. Defaults to 20,000.
    /// </summary>
    public int MostInFlight { get; init; } = 20_000;

    /// <summary>Told of each answer when the request was due, since the run began, and the latency from then on; from several threads at once.</summary>
    public Action<TimeSpan, TimeSpan>? Measured { get; set; }

    public void Dispose() => _client.Dispose();

    public async Task<OpenLoopResult> RunAsync(TimeSpan duration, CancellationToken stop)
    {
        var (latencies, lateness) = (new LatencyHistogram(), new LatencyHistogram());
        _failures = 0;

        // A thread of its own: the pool's threads are busy with answers, and the times must be kept.
        await Task.Factory.StartNew(() => SendAll(duration, latencies, lateness, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (Volatile.Read(ref _inFlight) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), stop);
        }

        return new OpenLoopResult(latencies, lateness, Interlocked.Read(ref _failures));
    }

    private void SendAll(TimeSpan duration, LatencyHistogram latencies, LatencyHistogram lateness, CancellationToken stop)
    {
        var total = (long)(duration.TotalSeconds * ratePerSecond);
        var start = Stopwatch.GetTimestamp();
        for (long i = 0; i < total && !stop.IsCancellationRequested; i++)
        {
            var due = start + (i * Stopwatch.Frequency / ratePerSecond);
            while (Stopwatch.GetTimestamp() < due)
            {
                Thread.Sleep(1); // Spinning would take one of the few cores from the server.
            }

            if (Interlocked.Increment(ref _inFlight) > MostInFlight)
            {
                Interlocked.Decrement(ref _inFlight);
                Interlocked.Increment(ref _failures);
                continue;
            }

            lateness.Record(Stopwatch.GetElapsedTime(due));
            _ = SendAsync(bodies[(int)(i % bodies.Count)], start, due, latencies, stop);
        }
    }

    private async Task SendAsync(byte[] body, long start, long due, LatencyHistogram latencies, CancellationToken stop)
    {
        try
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await _client.PostAsync(address, content, stop);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                answered?.Invoke(await response.Content.ReadAsByteArrayAsync(stop));
                var latency = Stopwatch.GetElapsedTime(due);
                latencies.Record(latency);
                Measured?.Invoke(Stopwatch.GetElapsedTime(start, due), latency);
            }
            else
            {
                Interlocked.Increment(ref _failures);
                if (response.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    Refusals.Record(Stopwatch.GetElapsedTime(due));
                }
            }
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            Interlocked.Increment(ref _failures);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
