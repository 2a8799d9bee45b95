using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace Levee.Storage;

/// <summary>
/// The table <c>import_rows</c>: the rows of the files until they have their place among their customers' transactions. PostgreSQL sorts
/// them and finds repeats, so memory is bounded however large the files are. It is not logged and lives as long as an import.
/// </summary>
internal sealed class ImportTable(NpgsqlDataSource source)
{
    private const int ReportInterval = 8_192;
    private const string Repeated = "the id of an earlier row of the files";
    private const string TakenInRows = "stored already with another customer, merchant, amount, currency, time, label, country, device or card";

    /// <summary>Makes the table anew and fills it.</summary>
    /// <returns>The number of rows.</returns>
    public async Task<long> FillAsync(IEnumerable<ImportRow> rows, Action<long> onProgress, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            """
            DROP TABLE IF EXISTS import_rows, import_ordered;
            CREATE UNLOGGED TABLE import_rows (
                transaction_id uuid NOT NULL, customer_id bigint NOT NULL, merchant_id bigint NOT NULL, event_time timestamptz NOT NULL,
                file smallint NOT NULL, file_row bigint NOT NULL, amount_cents bigint NOT NULL, base_cents bigint NOT NULL,
                currency text NOT NULL, card_last_4 text, is_fraud boolean, country text, device_type text)
                WITH (autovacuum_enabled = false)
            """,
            cancellationToken);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var copy = await connection.BeginBinaryImportAsync("COPY import_rows FROM STDIN (FORMAT binary)", cancellationToken);
        copy.Timeout = TimeSpan.Zero;
        var count = 0L;
        foreach (var row in rows)
        {
            var transaction = row.Transaction;
            copy.StartRow();
            copy.Write(transaction.TransactionId, NpgsqlDbType.Uuid);
            copy.Write(transaction.CustomerId, NpgsqlDbType.Bigint);
            copy.Write(transaction.MerchantId, NpgsqlDbType.Bigint);
            copy.Write(RowWriter.Time(transaction.EventTimeMicros), NpgsqlDbType.TimestampTz);
            copy.Write(row.File, NpgsqlDbType.Smallint);
            copy.Write(row.Row, NpgsqlDbType.Bigint);
            copy.Write((long)(transaction.Amount * 100m), NpgsqlDbType.Bigint);
            copy.Write(transaction.BaseCents, NpgsqlDbType.Bigint);
            copy.Write(transaction.Currency, NpgsqlDbType.Text);
            RowWriter.WriteOptional(copy, transaction.CardLast4);
            RowWriter.WriteOptional(copy, transaction.IsFraud, NpgsqlDbType.Boolean);
            RowWriter.WriteOptional(copy, transaction.Country);
            RowWriter.WriteOptional(copy, transaction.DeviceType);
            if (++count % ReportInterval == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                onProgress(count);
            }
        }

        await copy.CompleteAsync(cancellationToken);
        return count;
    }

    /// <summary>Takes out what the files say twice and what is stored already; the first row of an id counts.</summary>
    /// <returns>How many rows are stored already with the same contents, and how many were rejected.</returns>
    public async Task<(long Known, long Rejected)> WeedAsync(Action<ImportRejection> onRejected, CancellationToken cancellationToken)
    {
        // The import's own, once: the sorts below are worth more than a connection's usual share.
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using (var memory = new NpgsqlCommand("SET work_mem = '128MB'; ANALYZE import_rows", connection) { CommandTimeout = 0 })
        {
            await memory.ExecuteNonQueryAsync(cancellationToken);
        }

        var rejected = 0L;
        var repeats =
            $"""
            DELETE FROM import_rows r USING (
                SELECT ctid AS place, row_number() OVER (PARTITION BY transaction_id ORDER BY file, file_row) AS nth
                FROM import_rows WHERE transaction_id IN (
                    SELECT transaction_id FROM import_rows GROUP BY transaction_id HAVING count(*) > 1)) AS d
            WHERE r.ctid = d.place AND d.nth > 1
            RETURNING r.file, r.file_row, false
            """;
        await foreach (var (row, _) in DeleteAsync(connection, repeats, Repeated, cancellationToken))
        {
            rejected++;
            onRejected(row);
        }

        var known = 0L;
        var stored =
            """
            DELETE FROM import_rows r USING transactions t
            WHERE t.transaction_id = r.transaction_id
            RETURNING r.file, r.file_row, t.customer_id = r.customer_id AND t.merchant_id = r.merchant_id AND t.currency = r.currency
                AND t.amount = r.amount_cents / 100.0 AND t.event_time = r.event_time
                AND coalesce(r.is_fraud, t.is_fraud) IS NOT DISTINCT FROM t.is_fraud
                AND coalesce(r.country, t.country) IS NOT DISTINCT FROM t.country
                AND coalesce(r.device_type, t.device_type) IS NOT DISTINCT FROM t.device_type
                AND coalesce(r.card_last_4, t.card_last_4) IS NOT DISTINCT FROM t.card_last_4
            """;
        await foreach (var (row, same) in DeleteAsync(connection, stored, TakenInRows, cancellationToken))
        {
            if (same)
            {
                known++;
            }
            else
            {
                rejected++;
                onRejected(row);
            }
        }

        return (known, rejected);
    }

    /// <summary>
    /// Puts each customer's rows side by side, in their order. An index alone would leave each of them on another page, to be read one by one.
    /// </summary>
    public Task OrderAsync(CancellationToken cancellationToken) => ExecuteAsync(
        """
        SET work_mem = '128MB';
        CREATE UNLOGGED TABLE import_ordered WITH (autovacuum_enabled = false) AS
            SELECT * FROM import_rows ORDER BY customer_id, event_time, file, file_row;
        DROP TABLE import_rows;
        ALTER TABLE import_ordered RENAME TO import_rows;
        CREATE INDEX ON import_rows (customer_id);
        RESET work_mem
        """,
        cancellationToken);

    /// <summary>The customers in portions, ascending.</summary>
    public async IAsyncEnumerable<ImportPortion> ReadPortionsAsync(int maxRows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT customer_id, count(*) FROM import_rows GROUP BY 1 ORDER BY 1");
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (first, last, rows) = (0L, 0L, 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (customer, count) = (reader.GetInt64(0), reader.GetInt64(1));
            if (rows > 0 && rows + count > maxRows)
            {
                yield return new ImportPortion(first, last);
                rows = 0;
            }

            first = rows == 0 ? customer : first;
            last = customer;
            rows += count;
        }

        if (rows > 0)
        {
            yield return new ImportPortion(first, last);
        }
    }

    /// <summary>Ends the table.</summary>
    public Task DropAsync(CancellationToken cancellationToken) => ExecuteAsync("DROP TABLE IF EXISTS import_rows", cancellationToken);

    private static async IAsyncEnumerable<(ImportRejection Row, bool Same)> DeleteAsync(
        NpgsqlConnection connection, string sql, string reason, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return (new ImportRejection(reader.GetInt16(0), reader.GetInt64(1), "transaction_id", reason), reader.GetBoolean(2));
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
