using System.Diagnostics;
using System.Globalization;

namespace Levee.Bench.Import;

/// <summary>A run of the command <c>levee</c> in a process of its own, from its start to its end.</summary>
/// <param name="Output">All that it printed on standard output.</param>
/// <param name="Elapsed">Wall time, the start of the process included.</param>
/// <param name="PeakMegabytes">Its highest resident memory, in MiB.</param>
internal sealed record LeveeCommand(string Output, TimeSpan Elapsed, double PeakMegabytes)
{
    private const double KibibytesOfMebibyte = 1024;
    private static readonly TimeSpan SamplePause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs it.</summary>
    /// <exception cref="BenchException">It is not built, or ended with an error.</exception>
    public static async Task<LeveeCommand> RunAsync(string root, IEnumerable<string> arguments, CancellationToken stop)
    {
        var program = Path.Combine(root, "src", "Cli", "bin", "Release", "net10.0", "Levee.Cli.dll");
        if (!File.Exists(program))
        {
            throw new BenchException($"{program} is missing: scripts/bench.sh builds it.");
        }

        var started = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var errors = process.StandardError.ReadToEndAsync(stop);
            var ended = process.WaitForExitAsync(stop);
            var peak = 0.0;
            while (!ended.IsCompleted)
            {
                peak = Math.Max(peak, PeakMebibytes(process.Id));
                await Task.WhenAny(ended, Task.Delay(SamplePause, stop));
            }

            await ended;
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            return process.ExitCode == 0
                ? new LeveeCommand(await output, elapsed, peak)
                : throw new BenchException($"levee ended with code {process.ExitCode}:\n{await output}\n{await errors}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    // The kernel keeps the highest; of a process that has ended there is none.
    private static double PeakMebibytes(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / KibibytesOfMebibyte;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
