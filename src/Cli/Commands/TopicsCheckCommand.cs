using System.CommandLine;
using Levee.Cli.Topics;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary><c>levee topics check</c>.</summary>
internal static class TopicsCheckCommand
{
    public static Command Create()
    {
        var options = new TopicsOptions();
        var command = new Command(
            "check",
            "Compares the topics that Levee uses with what the brokers have, and shows the differences. " +
            "Exit code 0 when there are none, 1 when there are, 2 when no broker answers.");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(TopicsOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        var (servers, wanted) = (options.Servers(parsed), options.Wanted(parsed));
        using var admin = new TopicAdmin(servers);
        var cluster = await admin.ReadAsync(wanted, cancellationToken);
        var differences = TopicComparison.Of(wanted, cluster);
        var console = Screen.Of(parsed.InvocationConfiguration.Output);
        TopicReport.Write(console, servers, differences, cluster);
        if (differences.Count > 0)
        {
            return ExitCodes.Failure;
        }

        console.WriteLine($"The {wanted.Count} topics are as they should be.");
        return ExitCodes.Success;
    }
}
