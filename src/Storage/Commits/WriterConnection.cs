using System.Data;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// The connection that a writer keeps from one transaction to the next. The pool hands out its connections in turn: each commit would
/// run in another of PostgreSQL's processes, and all of them would have the tables' pages and catalogues to get to know.
/// </summary>
internal sealed class WriterConnection(NpgsqlDataSource source) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    /// <summary>The connection, opened if it is not.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer.</exception>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (_connection is { State: ConnectionState.Open } open)
        {
            return open;
        }

        await DropAsync();
        return _connection = await source.OpenConnectionAsync(cancellationToken);
    }

    /// <summary>Gives it back after a failure: the next transaction has another.</summary>
    public async ValueTask DropAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => DropAsync();
}
