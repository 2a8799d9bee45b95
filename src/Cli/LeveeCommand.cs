using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Confluent.Kafka;
using Levee.Cli.Commands;
using Levee.Embedded;
using Levee.Simulation;
using Levee.Storage;
using Levee.Training;
using Npgsql;

namespace Levee.Cli;

/// <summary>The command <c>levee</c> with all its subcommands.</summary>
internal static class LeveeCommand
{
    // Longer than the simulator takes to deliver what it has produced.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(9);

    // Not a RootCommand: that one takes its name from the executable, and people call this one through a script.
    public static Command Create() => new("levee", "Levee scores card transactions for fraud while they happen. This is its command line.")
    {
        new HelpOption(),
        new VersionOption(),
        SimulateCommand.Create(),
        BacktestCommand.Create(),
        BrokerCommand.Create(),
        new Command("labels", "What turned out to be fraud.") { LabelsPostCommand.Create() },
        new Command("models", "The versions of the model.")
        {
            ModelsListCommand.Create(), ModelsStageCommand.CreatePromote(), ModelsStageCommand.CreateRollback(),
            ModelsStageCommand.CreateArchive(), ModelsEnsembleCommand.Create(), ModelsHistoryCommand.CreateHistory(), ModelsHistoryCommand.CreateLive(),
        },
        new Command("keys", "Who may ask the API.")
        {
            KeysCommand.CreateCreate(), KeysCommand.CreateList(), KeysCommand.CreateRevoke(), KeysCommand.CreateRotate(),
        },
        TrainCommand.Create(),
        EvaluateCommand.Create(),
        ReproduceCommand.Create(),
        new Command("runs", "The runs that trained models.") { RunsCommand.CreateList(), RunsCommand.CreateShow(), RunsCommand.CreateCompare() },
        new Command("topics", "The Kafka topics that Levee uses.") { TopicsCheckCommand.Create(), TopicsApplyCommand.Create() },
        new Command("dead-letters", "Records that could not be used.")
        {
            DeadLettersListCommand.Create(), DeadLettersShowCommand.Create(), DeadLettersReplayCommand.Create(),
        },
        ReplayCommand.Create(),
        RebuildStateCommand.Create(),
        ImportCommand.Create(),
        new Command("datasets", "Labelled vectors to train on.") { DatasetsBuildCommand.Create(), DatasetsListCommand.Create(), DatasetsDeleteCommand.Create() },
        ParityCommand.Create(),
        HealthCommand.Create(),
        new Command("bench", "Load for a running API.") { BenchPredictCommand.Create() },
    };

    /// <summary>Runs a command line. SIGINT and SIGTERM end the command in good order.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        OpenMp.TrainingComesFirst();
        var parsed = Create().Parse(arguments);
        if (parsed.Action is ParseErrorAction && arguments.Length > 0)
        {
            await error.WriteLineAsync(string.Join(Environment.NewLine, parsed.Errors.Select(e => $"levee: {e.Message}")));
            await error.WriteLineAsync($"See {NameOf(parsed.CommandResult.Command)} --help.");
            return ExitCodes.Usage;
        }

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
            return exception is CliException failure ? failure.Code : ExitCodes.Failure;
        }
    }

    private static string NameOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)} {command.Name}" : command.Name;

    private static bool IsExpected(Exception exception) => exception
        is CliException or SimulationException or EmbeddedServerException or KafkaException
        or TransactionFileException or TrainingDataException or TrainingParameterException or ImportException
        or NpgsqlException or IOException or UnauthorizedAccessException;
}
