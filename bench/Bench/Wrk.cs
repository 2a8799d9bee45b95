using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Levee.Bench;

/// <summary>Runs wrk: one thread, as fast as answers come.</summary>
/// <param name="script">predict.lua.</param>
/// <param name="bodies">File of the bodies, one a line.</param>
internal sealed class Wrk(string script, string bodies)
{
    private const string ResultMark = "JSON ";
    private const int Connections = 32;

    /// <summary>The core it runs on; null for any.</summary>
    private int? Core { get; init; }

    /// <summary>Whether a connection waits for a second after a 429, as its Retry-After asks, or asks again at once.</summary>
    private bool Patient { get; init; }

    /// <summary>The same, kept to one core.</summary>
    public Wrk On(int core, bool patient = false) => new(script, bodies) { Core = core, Patient = patient };

    /// <summary>Posts to /predict.</summary>
    public Task<WrkResult> RunAsync(Uri service, TimeSpan duration, CancellationToken stop, int connections = Connections) =>
        RunAsync(service, "/predict", rows: 0, connections, duration, stop);

    /// <summary>Posts.</summary>
    /// <param name="service">The service.</param>
    /// <param name="path">The path, with the query.</param>
    /// <param name="rows">Bodies that make a JSON array each; 0 for one body a request.</param>
    /// <param name="connections">Connections, each with one request at a time.</param>
    /// <param name="duration">How long.</param>
    /// <param name="stop">Gives up waiting.</param>
    public async Task<WrkResult> RunAsync(
        Uri service, string path, int rows, int connections, TimeSpan duration, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Core is null ? "wrk" : "taskset") { RedirectStandardOutput = true, RedirectStandardError = true };
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0}s");
        foreach (var argument in (string[])
            [.. Core is { } core ? ["-c", $"{core}", "wrk"] : Array.Empty<string>(), "-t1", $"-c{connections}", "-d", seconds, "--latency", "-s", script, service.ToString(), "--", bodies, path, $"{rows}", Patient ? "patient" : ""])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new BenchException("wrk did not start.");
        var errors = process.StandardError.ReadToEndAsync(stop);
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith(ResultMark, StringComparison.Ordinal))
            ?? throw new BenchException($"wrk gave no figures: {output}{await errors}");
        return JsonSerializer.Deserialize<WrkResult>(line[ResultMark.Length..], WrkResult.Json)!;
    }
}
