using System.Data;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// An advisory lock of PostgreSQL, on a connection of its own, until disposed of. A process that dies or loses the connection loses the lock.
/// </summary>
public sealed class ExclusiveLock : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly ExclusiveWork _work;

    private ExclusiveLock(NpgsqlDataSource source, NpgsqlConnection connection, ExclusiveWork work)
    {
        _source = source;
        _connection = connection;
        _work = work;
    }

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="NpgsqlException">The database does not answer, or somebody else has held the lock for all that time.</exception>
    public static async Task<ExclusiveLock> HoldAsync(
        NpgsqlDataSource source, ExclusiveWork work, TimeSpan atMost, CancellationToken cancellationToken) =>
        (await TakeAsync(source, work, "SELECT pg_advisory_lock($1) IS NOT NULL", atMost, cancellationToken))!;

    /// <summary>Takes the lock if nobody holds it; null when somebody does.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static Task<ExclusiveLock?> TryHoldAsync(NpgsqlDataSource source, ExclusiveWork work, CancellationToken cancellationToken) =>
        TakeAsync(source, work, "SELECT pg_try_advisory_lock($1)", atMost: null, cancellationToken);

    /// <summary>Gives the lock back. Throws nothing: where the database does not answer, the lock ends with the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection.State != ConnectionState.Open)
        {
            await _connection.DisposeAsync();
            return;
        }

        try
        {
            await using var release = Command(_connection, _work, "SELECT pg_advisory_unlock($1)");
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // A connection that went back to the pool would keep the lock.
            _source.Clear();
        }

        await _connection.DisposeAsync();
    }

    private static async Task<ExclusiveLock?> TakeAsync(
        NpgsqlDataSource source, ExclusiveWork work, string sql, TimeSpan? atMost, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = Command(connection, work, sql);
            command.CommandTimeout = (int?)atMost?.TotalSeconds ?? command.CommandTimeout;
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new ExclusiveLock(source, connection, work);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, ExclusiveWork work, string sql) =>
        new(sql, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = (long)work } } };
}
