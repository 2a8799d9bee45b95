using System.Diagnostics;
using Levee.Cli;

namespace Levee.Simulation.Tests.Cli;

/// <summary>A command line that ran.</summary>
internal sealed record Run(int Code, string Output, string Error)
{
    /// <summary>Runs one in this process.</summary>
    public static async Task<Run> Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await LeveeCommand.RunAsync(arguments, TextWriter.Synchronized(output), TextWriter.Synchronized(error));
        return new Run(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs one with a list of features: in a process of its own, since the environment names it.</summary>
    public static async Task<Run> WithFeaturesAsync(string list, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ExitCodes).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["Levee__Features__List"] = list },
        };
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Run(process.ExitCode, said[0], said[1]);
    }
}
