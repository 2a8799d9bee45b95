using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Npgsql;

namespace Levee.Cli.Training;

/// <summary>Loads registered versions.</summary>
internal static class StoredModel
{
    /// <summary>A version's artifact.</summary>
    /// <exception cref="CliException">There is no such version, or it is of another feature list.</exception>
    public static async Task<ModelArtifact> LoadAsync(NpgsqlDataSource source, string version, CancellationToken cancellationToken)
    {
        try
        {
            return StoredArtifact.Read(
                await new ModelRegistry(source).LoadArtifactAsync(version, cancellationToken), CliConfiguration.Features().Hash);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or ModelArtifactException)
        {
            throw new CliException(exception.Message, exception) { Code = ExitCodes.NoAnswer };
        }
    }
}
