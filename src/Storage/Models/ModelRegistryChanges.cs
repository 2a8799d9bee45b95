using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Tells of changes to the registry, on a connection of its own: a change between two waits ends the second at once, and no load on the
/// connections that others share holds it up.
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
