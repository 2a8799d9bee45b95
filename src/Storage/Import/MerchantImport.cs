using System.Data;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Makes the states of merchants anew that imported rows concern. Which these are is durable before the first row is, so an import that was
/// killed is completed by the next.
/// </summary>
internal sealed class MerchantImport(NpgsqlDataSource source, TimeProvider time, ImportOptions options)
{
    /// <summary>Notes the merchants of the rows that are about to be imported.</summary>
    public async Task AnnounceAsync(int importNumber, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            "INSERT INTO merchant_imports (merchant_id, import_number) SELECT DISTINCT merchant_id, $1 FROM import_rows");
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = importNumber });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The merchants that wait, ascending.</summary>
    public async Task<long[]> ReadPendingAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT DISTINCT merchant_id FROM merchant_imports WHERE version IS NULL ORDER BY 1");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var merchants = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            merchants.Add(reader.GetInt64(0));
        }

        return [.. merchants];
    }

    /// <summary>Makes the states of some merchants anew. Those that stay pending were too busy.</summary>
    public async Task RunAsync(long[] merchants, CancellationToken cancellationToken)
    {
        var left = await WriteNewAsync(merchants, cancellationToken);
        if (left.Length == 0)
        {
            return;
        }

        // The swap notes the version in the transaction that writes the state. What is the same already, since an import was killed before it
        // had stored a row of the merchant, holds what there is.
        var different = new HashSet<long>();
        var run = new RebuildRun(
            source,
            new RebuildRequest { Merchants = left, Customers = [], Apply = true, Topic = options.Topic },
            time,
            difference => different.Add(difference.Key),
            _ => { });
        await run.CompareAsync(GrainKind.Merchant, left, cancellationToken);
        await using var command = source.CreateCommand(
            """
            UPDATE merchant_imports i SET version = s.version FROM merchant_state s
            WHERE s.merchant_id = i.merchant_id AND i.merchant_id = ANY ($1) AND i.version IS NULL
            """);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. left.Where(merchant => !different.Contains(merchant))] });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes from which version on a merchant's state holds all that is imported. In the transaction that writes it.</summary>
    public static async Task NoteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long[] merchants, long version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "UPDATE merchant_imports SET version = $2 WHERE merchant_id = ANY ($1) AND version IS NULL", connection, transaction);
        command.Parameters.AddAll([new NpgsqlParameter<long[]> { TypedValue = merchants }, new NpgsqlParameter<long> { TypedValue = version }]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Writes the first state of those that have none, many in one transaction, and gives back the others.
    private async Task<long[]> WriteNewAsync(long[] merchants, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var patience = new NpgsqlCommand("SET LOCAL idle_in_transaction_session_timeout = '60s'", connection, transaction))
        {
            await patience.ExecuteNonQueryAsync(cancellationToken);
        }

        var known = await ReadKnownAsync(connection, transaction, merchants, cancellationToken);
        long[] fresh = [.. merchants.Where(merchant => !known.Contains(merchant))];
        if (fresh.Length == 0)
        {
            return merchants;
        }

        var portion = await RebuildPortion.ReadAsync(
            new RebuildReader(connection, transaction), GrainKind.Merchant, fresh, options.Topic, cancellationToken);
        var works = new List<CommitWork>(fresh.Length);
        var done = new HashSet<long>();
        await foreach (var rebuilt in portion.RebuildAsync(cancellationToken))
        {
            if (rebuilt.Count > 0)
            {
                works.Add(new CommitWork(rebuilt.ToCommit(firstVersion: 0)));
            }
            else
            {
                done.Add(rebuilt.Key);
            }
        }

        try
        {
            done.UnionWith((await StateWriter.WriteAsync(connection, transaction, works, cancellationToken)).Keys.Select(key => key.Item2));
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.SerializationFailure)
        {
            // Live traffic made one of them in between.
            return merchants;
        }

        await NoteAsync(connection, transaction, [.. done], 1, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [.. merchants.Where(merchant => !done.Contains(merchant))];
    }

    private static async Task<HashSet<long>> ReadKnownAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long[] merchants, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT merchant_id FROM merchant_state WHERE merchant_id = ANY ($1)", connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = merchants });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var known = new HashSet<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(reader.GetInt64(0));
        }

        return known;
    }
}
