using Npgsql;
using NpgsqlTypes;

namespace Levee.Storage;

/// <summary>Writes the journals: appends deltas, and empties the journal of a key whose snapshot was written.</summary>
internal static class JournalWriter
{
    public static async Task WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<CommitWork> works, CancellationToken cancellationToken)
    {
        foreach (var kind in (GrainKind[])[GrainKind.Customer, GrainKind.Merchant])
        {
            var mine = works.FindAll(work => work.Commit.Kind == kind);
            var (table, key) = kind == GrainKind.Customer ? ("customer_journal", "customer_id") : ("merchant_journal", "merchant_id");
            var ended = mine.FindAll(work => work.Commit.State.IsSnapshot && work.Commit.ExpectedVersion > 0);
            if (ended.Count > 0)
            {
                await using var command = new NpgsqlCommand($"DELETE FROM {table} WHERE {key} = ANY ($1)", connection, transaction);
                command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. ended.Select(work => work.Commit.Key)] });
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            var changed = mine.FindAll(work => !work.Commit.State.IsSnapshot);
            if (changed.Count > 0)
            {
                await AppendAsync(connection, $"COPY {table} ({key}, version, delta) FROM STDIN (FORMAT binary)", changed, cancellationToken);
            }
        }
    }

    private static async Task AppendAsync(
        NpgsqlConnection connection, string sql, List<CommitWork> works, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(sql, cancellationToken);
        foreach (var work in works)
        {
            copy.StartRow();
            copy.Write(work.Commit.Key, NpgsqlDbType.Bigint);
            copy.Write(work.Commit.ExpectedVersion + 1, NpgsqlDbType.Bigint);
            copy.Write(work.Commit.State.Bytes, NpgsqlDbType.Bytea);
        }

        await copy.CompleteAsync(cancellationToken);
    }
}
