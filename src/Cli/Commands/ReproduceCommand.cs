using System.CommandLine;
using Levee.Cli.Training;
using Levee.Grains.Tracking;
using Levee.Training;

namespace Levee.Cli.Commands;

/// <summary><c>levee reproduce</c>.</summary>
internal static class ReproduceCommand
{
    public static Command Create()
    {
        var database = new DatabaseChoice();
        var version = new Argument<string>("version") { Description = "Such as v3.", HelpName = "version" };
        var command = new Command(
            "reproduce",
            "Trains a version again from the data set that it names and compares the trees. Exit code 0 when they are identical, 1 with the first " +
            "difference, 2 when it cannot be trained again.")
        {
            version, database.Connection, database.Data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var error = parsed.InvocationConfiguration.Error;
            await using var source = database.Open(parsed);
            await using var services = TrainingServices.Create(source, database.FolderOf(parsed), error);
            var artifact = await StoredModel.LoadAsync(source, parsed.GetRequiredValue(version), cancellationToken);
            if (artifact.Metadata.Snapshot is not { } snapshot)
            {
                throw new CliException($"{parsed.GetRequiredValue(version)} names no data set: it was trained without keeping one.") { Code = ExitCodes.NoAnswer };
            }

            try
            {
                var data = await DataSetFile.ReadAsync(services.Get<RunFolders>().Snapshots, snapshot.Sha256, cancellationToken);
                await output.WriteLineAsync($"data set {snapshot.Sha256}: {snapshot.Rows:N0} rows, {snapshot.Query}");
                foreach (var other in Reproduction.OtherVersions(artifact.Metadata))
                {
                    await output.WriteLineAsync($"{other}.");
                }

                if (Reproduction.FirstDifference(artifact, data, new LinesTo(error), cancellationToken) is not { } difference)
                {
                    await output.WriteLineAsync($"{parsed.GetRequiredValue(version)} is reproduced: all {artifact.Trees.TreeCount} trees are identical ({artifact.TreesSha256}).");
                    return ExitCodes.Success;
                }

                await output.WriteLineAsync($"{parsed.GetRequiredValue(version)} is not reproduced. First difference: {difference}.");
                return ExitCodes.Failure;
            }
            catch (Exception exception) when (exception is TrainingDataException or TrainingParameterException)
            {
                throw new CliException(exception.Message, exception) { Code = ExitCodes.NoAnswer };
            }
        });
        return command;
    }
}
