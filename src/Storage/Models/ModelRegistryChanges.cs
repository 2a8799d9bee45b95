using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Tells of changes to the registry and reads what they lead to, on a connection of its own: a change between two waits ends the second at
/// once, and no load on the connections that others share holds it up.
/// </summary>
public sealed class ModelRegistryChanges : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private ModelRegistryChanges(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Waits until the registry has changed since the last wait ended, or for a while.</summary>
    /// <param name="atMost">How long.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="NpgsqlException">The connection is gone; begin anew.</exception>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _connection.WaitAsync(atMost, cancellationToken);

    /// <summary>What is to be served now and what perhaps next, both as of one moment.</summary>
    /// <param name="featureHash">The feature list of the version in Staging.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="NpgsqlException">The connection is gone; begin anew.</exception>
    public async Task<VersionsToServe> ReadAsync(string featureHash, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT (SELECT version FROM model_versions WHERE stage = 'Production'),
                (SELECT version FROM model_versions WHERE stage = 'Staging' AND feature_hash = $1 ORDER BY number DESC LIMIT 1)
            """,
            _connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = featureHash });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new VersionsToServe(reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1));
    }

    /// <summary>Ends it.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    internal static async Task<ModelRegistryChanges> OpenAsync(NpgsqlDataSource source, string channel, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var listen = new NpgsqlCommand($"LISTEN {channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellationToken);
            return new ModelRegistryChanges(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
