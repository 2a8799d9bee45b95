using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Npgsql;

namespace Levee.Cli.Training;

/// <summary>Loads registered versions.</summary>
internal static class StoredModel
{
    /// <summary>A version's artifact, to score rows of the feature list in use.</summary>
    /// <exception cref="CliException">There is no such version, or it is of another feature list.</exception>
    public static Task<ModelArtifact> LoadAsync(NpgsqlDataSource source, string version, CancellationToken cancellationToken) =>
        LoadAsync(source, version, _ => CliConfiguration.Features().Hash, cancellationToken);

    /// <summary>A version's artifact whatever its feature list, for its own rows.</summary>
    /// <exception cref="CliException">There is no such version.</exception>
    public static Task<ModelArtifact> LoadOfAnyListAsync(NpgsqlDataSource source, string version, CancellationToken cancellationToken) =>
        LoadAsync(source, version, row => row.FeatureHash, cancellationToken);

    private static async Task<ModelArtifact> LoadAsync(
        NpgsqlDataSource source, string version, Func<ModelVersionRow, string> featureHash, CancellationToken cancellationToken)
    {
        try
        {
            var registry = new ModelRegistry(source);
            var artifact = await registry.LoadArtifactAsync(version, cancellationToken);
            var row = (await registry.ListAsync(cancellationToken)).Single(one => one.Version == version);
            return StoredArtifact.Read(artifact, featureHash(row));
        }
        catch (Exception exception) when (exception is KeyNotFoundException or ModelArtifactException)
        {
            throw new CliException(exception.Message, exception) { Code = ExitCodes.NoAnswer };
        }
    }
}
