using System.CommandLine;
using Levee.Cli.Training;
using Levee.Grains.Tracking;
using Levee.Models;
using Levee.Storage;
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
            "Trains a version again from the data set that it names and compares; of an ensemble, each member. Exit code 0 when all is identical, " +
            "1 with the first difference, 2 when it cannot be trained again.")
        {
            version, database.Connection, database.Data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var error = parsed.InvocationConfiguration.Error;
            await using var source = database.Open(parsed);
            await new LeveeDatabase(source).MigrateAsync(cancellationToken);
            await using var services = TrainingServices.Create(source, database.FolderOf(parsed), error);
            var name = parsed.GetRequiredValue(version);
            var artifact = await StoredModel.LoadOfAnyListAsync(source, name, cancellationToken);
            IReadOnlyList<(string Version, ModelArtifact Artifact)> models = artifact.Ensemble is { } ensemble
                ? [.. ensemble.Members.Select(member => (member.Version, member.Artifact))]
                : [(name, artifact)];
            foreach (var model in models)
            {
                var code = await ReproduceAsync(model.Version, model.Artifact, services.Get<DataSets>(), output, error, cancellationToken);
                if (code != ExitCodes.Success)
                {
                    return code;
                }
            }

            if (artifact.Ensemble is not null)
            {
                await output.WriteLineAsync($"{name} is reproduced: it is the weighted mean of these members.");
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<int> ReproduceAsync(
        string version, ModelArtifact artifact, DataSets dataSets, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (artifact.Metadata.Snapshot is not { } snapshot)
        {
            throw new CliException($"{version} names no data set: it was trained without keeping one.") { Code = ExitCodes.NoAnswer };
        }

        try
        {
            var data = await dataSets.ReadAsync(snapshot.Sha256, cancellationToken);
            await output.WriteLineAsync($"data set {snapshot.Sha256}: {snapshot.Rows:N0} rows, {snapshot.Query}");
            foreach (var other in Reproduction.OtherVersions(artifact.Metadata))
            {
                await output.WriteLineAsync($"{other}.");
            }

            if (Reproduction.FirstDifference(artifact, data, new LinesTo(error), cancellationToken) is { } difference)
            {
                await output.WriteLineAsync($"{version} is not reproduced. First difference: {difference}.");
                return ExitCodes.Failure;
            }

            var same = artifact.Trees is { } trees
                ? $"all {trees.TreeCount} trees are identical ({artifact.TreesSha256})"
                : "the ML.NET model is identical";
            await output.WriteLineAsync($"{version} is reproduced: {same}.");
            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is TrainingDataException or TrainingParameterException)
        {
            throw new CliException(exception.Message, exception) { Code = ExitCodes.NoAnswer };
        }
    }
}
