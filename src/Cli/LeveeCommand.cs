using System.CommandLine;
using Confluent.Kafka;
using Levee.Cli.Commands;
using Levee.Embedded;
using Levee.Simulation;

namespace Levee.Cli;

/// <summary>The command <c>levee</c> with all its subcommands.</summary>
internal static class LeveeCommand
{
    // Longer than the simulator takes to deliver what it has produced.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(9);

    public static RootCommand Create() => new("Levee scores card transactions for fraud while they happen. This is its command line.")
    {
        SimulateCommand.Create(),
        BrokerCommand.Create(),
        new Command("labels", "What turned out to be fraud.") { LabelsPostCommand.Create() },
        new Command("models", "The versions of the model.") { ModelsListCommand.Create() },
        new Command("dead-letters", "Records that could not be used.") { DeadLettersListCommand.Create() },
        HealthCommand.Create(),
    };

    /// <summary>Runs a command line. SIGINT and SIGTERM end the command in good order.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var parsed = Create().Parse(arguments);
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = StopLimit,
        };
        try
        {
            var code = await parsed.InvokeAsync(configuration, cancellationToken);
            return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            await error.WriteLineAsync($"levee: {exception.Message}");
            return ExitCodes.Failure;
        }
    }

    private static bool IsExpected(Exception exception) => exception
        is CliException or SimulationException or EmbeddedServerException or KafkaException or IOException or UnauthorizedAccessException;
}
