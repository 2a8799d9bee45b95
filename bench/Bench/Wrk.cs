using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Levee.Bench;

/// <summary>Runs wrk: one thread, as many requests at once as it has connections, as fast as answers come.</summary>
internal sealed class Wrk(string script, string bodies)
{
    private const string ResultMark = "JSON ";

    public async Task<WrkResult> RunAsync(Uri service, TimeSpan duration, CancellationToken stop, int connections = 32)
    {
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true, RedirectStandardError = true };
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0}s");
        foreach (var argument in (string[])["-t1", $"-c{connections}", "-d", seconds, "--latency", "-s", script, service.ToString(), "--", bodies])
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
