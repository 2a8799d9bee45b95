using Npgsql;

namespace Levee.Storage;

/// <summary>Ends database sessions by their name, so that a silo that no longer counts holds no locks.</summary>
/// <param name="source">The database.</param>
public sealed class SessionFence(NpgsqlDataSource source)
{
    /// <summary>Ends the sessions of this user in this database that have one of the names; whether there are any does not matter.</summary>
    /// <param name="names">Session names, as given to <see cref="StorageServiceCollectionExtensions.AddLeveeStorage"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many sessions were told to end.</returns>
    /// <exception cref="NpgsqlException">PostgreSQL is away or refused.</exception>
    public async Task<int> EndAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        // Not pg_cancel_backend: a server that waits for COPY data acts on the end of its session only.
        await using var command = source.CreateCommand(
            """
            SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))::int
            FROM pg_stat_activity
            WHERE application_name = ANY ($1) AND datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. names] });
        var ended = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        StorageMetrics.EndedSessions.Add(ended);
        return ended;
    }
}
