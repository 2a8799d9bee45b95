using System.CommandLine;
using Levee.Cli.Training;
using Levee.Grains.Tracking;
using Levee.Storage;
using Npgsql;

namespace Levee.Cli.Commands;

/// <summary><c>levee datasets delete</c>.</summary>
internal static class DatasetsDeleteCommand
{
    private const int HashLength = 64;

    public static Command Create()
    {
        var database = new DatabaseChoice();
        var hashes = new Argument<string[]>("sha256")
        {
            Description = "The data sets, by the SHA-256 that names them (levee datasets list).",
            HelpName = "sha256",
            Arity = ArgumentArity.OneOrMore,
        };
        hashes.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.Length != HashLength || token.Value.Any(digit => !char.IsAsciiHexDigitLower(digit))))
            {
                result.AddError($"sha256 is '{token.Value}': expected {HashLength} lower-case hex digits.");
            }
        });
        var force = new Option<bool>("--force") { Description = "Deletes also those that a version names which is not archived; it cannot be reproduced any more." };
        var command = new Command("delete", "Deletes data sets, in the database and in the folder.") { hashes, force };
        database.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            await using var source = database.Open(parsed);
            await new LeveeDatabase(source).MigrateAsync(cancellationToken);
            await using var services = TrainingServices.Create(source, database.FolderOf(parsed), parsed.InvocationConfiguration.Error);
            var wanted = parsed.GetRequiredValue(hashes);
            var users = parsed.GetValue(force) ? [] : await UsersAsync(source, cancellationToken);
            if (wanted.FirstOrDefault(users.ContainsKey) is { } needed)
            {
                throw new CliException($"{users[needed]} was trained on {needed} and is not archived; nothing was deleted (--force deletes it all the same).");
            }

            var dataSets = services.Get<DataSets>();
            var missing = 0;
            foreach (var hash in wanted)
            {
                var deleted = await dataSets.DeleteAsync(hash, cancellationToken);
                await output.WriteLineAsync(deleted ? $"{hash} is deleted." : $"There is no data set {hash}.");
                missing += deleted ? 0 : 1;
            }

            return missing == 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    // A version that is not archived for each data set that one names; of an ensemble its members name them.
    private static async Task<Dictionary<string, string>> UsersAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in (await new ModelRegistry(source).ListAsync(cancellationToken)).Where(row => row.Stage != ModelStage.Archived))
        {
            var artifact = await StoredModel.LoadOfAnyListAsync(source, row.Version, cancellationToken);
            foreach (var one in artifact.Ensemble is { } ensemble ? ensemble.Members.Select(member => member.Artifact) : [artifact])
            {
                if (one.Metadata.Snapshot is { } snapshot)
                {
                    users.TryAdd(snapshot.Sha256, row.Version);
                }
            }
        }

        return users;
    }
}
