using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace Levee.Cli.Load;

/// <summary>
/// Sends requests at fixed times whether or not earlier ones were answered, and counts each latency from the time at which its request was
/// due. A server that stands still is charged for everything that waited meanwhile, which a closed loop forgets (coordinated omission).
/// </summary>
internal sealed class OpenLoopLoad : IDisposable
{
    /// <summary>The error of a request that was due while too many others waited.</summary>
    public const string NotSent = "not sent: too many requests wait for answers";

    private readonly LoadOptions _options;
    private readonly Uri _address;
    private readonly byte[][] _bodies;
    private readonly HttpClient _client;
    private int _inFlight;

    public OpenLoopLoad(LoadOptions options)
    {
        _options = options;
        _address = new Uri(options.Url.ToString().TrimEnd('/') + "/predict");
        _bodies = LoadBodies.Make(options.Customers);
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = options.Connections }) { Timeout = options.Timeout };
        if (options.ApiKey is { } key)
        {
            _client.DefaultRequestHeaders.Add("X-Api-Key", key);
        }
    }

    public LoadCounts Counts { get; } = new();

    /// <summary>Requests that were sent and wait for their answer.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public void Dispose() => _client.Dispose();

    /// <summary>Makes the load and waits for the last answers.</summary>
    /// <param name="stop">Ends it early; what was sent is still counted.</param>
    /// <returns>How long requests were sent.</returns>
    public async Task<TimeSpan> RunAsync(CancellationToken stop)
    {
        // A thread of its own: the pool's threads are busy with answers, and the times must be kept.
        var sent = await Task.Factory.StartNew(() => SendAll(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // Ends by itself: each request has its deadline.
        while (InFlight > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        }

        return sent;
    }

    private TimeSpan SendAll(CancellationToken stop)
    {
        var total = (long)(_options.Duration.TotalSeconds * _options.Rate);
        var start = Stopwatch.GetTimestamp();
        for (long i = 0; i < total && !stop.IsCancellationRequested; i++)
        {
            var due = start + (long)(i * (double)Stopwatch.Frequency / _options.Rate);
            while (Stopwatch.GetTimestamp() < due && !stop.IsCancellationRequested)
            {
                Thread.Sleep(1); // Spinning would take a core from a server on the same machine.
            }

            if (Interlocked.Increment(ref _inFlight) > _options.MaxInFlight)
            {
                Interlocked.Decrement(ref _inFlight);
                Counts.Fail(NotSent);
                continue;
            }

            _ = SendAsync(_bodies[i % _bodies.Length], due);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private async Task SendAsync(byte[] body, long due)
    {
        try
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await _client.PostAsync(_address, content, CancellationToken.None);
            if (response.IsSuccessStatusCode)
            {
                Counts.Succeed(Stopwatch.GetElapsedTime(due));
            }
            else
            {
                Counts.Fail(string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)response.StatusCode}"));
            }
        }
        catch (TaskCanceledException)
        {
            Counts.Fail(string.Create(CultureInfo.InvariantCulture, $"no answer within {_options.Timeout.TotalSeconds} s"));
        }
        catch (HttpRequestException error)
        {
            Counts.Fail($"connection: {error.HttpRequestError}");
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            Counts.Fail($"connection: {error.GetType().Name}");
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
