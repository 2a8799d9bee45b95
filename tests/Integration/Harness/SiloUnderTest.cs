using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Levee.Testing;

namespace Levee.Integration.Harness;

/// <summary>A silo in a process of its own, on a given database and broker.</summary>
public sealed class SiloUnderTest : IAsyncDisposable
{
    private readonly string _predictions;

    private SiloUnderTest(LeveeProcess process, int port, string predictions)
    {
        _predictions = predictions;
        Process = process;
        Port = port;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };
    }

    public LeveeProcess Process { get; }

    public int Port { get; }

    public HttpClient Http { get; }

    public static SiloUnderTest Start(string connectionString, string bootstrapServers, params (string Key, string Value)[] settings)
    {
        var port = Ports.Free();

        // What a silo leaves there belongs to its database, and must not find its way into that of another test.
        var predictions = Directory.CreateTempSubdirectory("levee-predictions-").FullName;
        var environment = new Dictionary<string, string>
        {
            ["Levee__Postgres__ConnectionString"] = connectionString,
            ["Levee__Kafka__BootstrapServers"] = bootstrapServers,
            ["Levee__PredictionLog__Folder"] = predictions,

            // Tests take the processor for longer than callers would wait.
            ["Levee__Api__MaxArrivalDelay"] = "00:00:00",
        };
        foreach (var (key, value) in settings)
        {
            environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return new SiloUnderTest(LeveeProcess.Start(Programs.Silo, ["--port", $"{port}", "--no-demo"], environment), port, predictions);
    }

    /// <summary>Waits until the API answers; with a model, until it is ready.</summary>
    public async Task WaitAsync(bool ready = true) => await Until.HoldsAsync(
        async () =>
        {
            if (Process.HasExited)
            {
                throw new InvalidOperationException($"The silo ended with {Process.ExitCode}:\n{Process.Output}");
            }

            using var response = await Http.GetAsync(ready ? "/health/ready" : "/health/live");
            return response.StatusCode;
        },
        status => status == HttpStatusCode.OK,
        TimeSpan.FromSeconds(120),
        "The silo is ready",
        () => Process.Output);

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using var response = await Http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"GET {path}: {response.StatusCode} {text}\n{Process.Output}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async Task<JsonElement> PostJsonAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"POST {path}: {response.StatusCode} {text}\n{Process.Output}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
        Directory.Delete(_predictions, recursive: true);
    }
}
