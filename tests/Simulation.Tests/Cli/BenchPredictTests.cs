using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Levee.Cli;

namespace Levee.Simulation.Tests.Cli;

public sealed class BenchPredictTests : IDisposable
{
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(600);

    private readonly HttpListener _listener = new();
    private readonly string _json = Path.GetTempFileName();
    private readonly string _url;

    public BenchPredictTests()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            _url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(_url);
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Close();
        File.Delete(_json);
    }

    [Fact]
    public async Task Every_request_is_due_in_time_and_counted()
    {
        var seen = new List<string>();
        _ = ServeAsync((context, body) =>
        {
            seen.Add($"{context.Request.RawUrl} {context.Request.Headers["X-Api-Key"]} {body}");
            return (200, TimeSpan.Zero);
        });

        var run = await Run.Of(
            "bench", "predict", "--url", _url, "--rate", "50", "--duration", "1s", "--customers", "3", "--api-key", "secret", "--json", _json);

        var report = Report();
        Assert.Equal((ExitCodes.Success, 50, 0), (run.Code, report.GetProperty("scored").GetInt32(), report.GetProperty("failed").GetInt32()));
        Assert.Equal(50, seen.Count);
        Assert.All(seen, line => Assert.Matches("^/predict secret {\"customer_id\":[1-3],\"merchant_id\":[0-9]+,\"amount\":[0-9.]+}$", line));
        Assert.Contains("p99.9", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stands_still_is_charged_for_all_that_waited()
    {
        var count = 0;
        _ = ServeAsync((_, _) => (200, ++count == 1 ? Stall : TimeSpan.Zero));

        await Run.Of("bench", "predict", "--url", _url, "--rate", "100", "--duration", "1s", "--connections", "1", "--json", _json);

        // One connection, one slow answer: a closed loop would see one slow request in a hundred.
        var latency = Report().GetProperty("latency_ms");
        Assert.True(latency.GetProperty("p90").GetDouble() > Stall.TotalMilliseconds / 2, latency.GetRawText());
        Assert.True(latency.GetProperty("max").GetDouble() >= Stall.TotalMilliseconds, latency.GetRawText());
    }

    [Fact]
    public async Task Errors_are_counted_by_kind_and_end_with_1()
    {
        var count = 0;
        _ = ServeAsync((_, _) => (++count % 4 == 0 ? 429 : count % 4 == 1 ? 503 : 200, TimeSpan.Zero));

        var run = await Run.Of("bench", "predict", "--url", _url, "--rate", "40", "--duration", "1s", "--json", _json);

        Assert.Equal(ExitCodes.Failure, run.Code);
        var errors = Report().GetProperty("errors");
        Assert.Equal((10, 10), (errors.GetProperty("HTTP 429").GetInt32(), errors.GetProperty("HTTP 503").GetInt32()));
        Assert.Contains("HTTP 503", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_an_error_of_its_own_kind()
    {
        _listener.Stop();

        var run = await Run.Of("bench", "predict", "--url", _url, "--rate", "5", "--duration", "1s");

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("connection: ConnectionError", run.Output, StringComparison.Ordinal);
    }

    private JsonElement Report() => JsonDocument.Parse(File.ReadAllText(_json)).RootElement;

    private async Task ServeAsync(Func<HttpListenerContext, string, (int Status, TimeSpan Delay)> answer)
    {
        while (_listener.IsListening)
        {
            var context = await _listener.GetContextAsync();
            using var reader = new StreamReader(context.Request.InputStream);
            var (status, delay) = answer(context, await reader.ReadToEndAsync());
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay);
            }

            context.Response.StatusCode = status;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("{}"));
            context.Response.Close();
        }
    }
}
