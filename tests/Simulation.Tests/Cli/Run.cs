using Levee.Cli;

namespace Levee.Simulation.Tests.Cli;

/// <summary>A command line that ran in this process.</summary>
internal sealed record Run(int Code, string Output, string Error)
{
    public static async Task<Run> Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await LeveeCommand.RunAsync(arguments, TextWriter.Synchronized(output), TextWriter.Synchronized(error));
        return new Run(code, output.ToString(), error.ToString());
    }
}
