using System.Data;
using Levee.Features;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Imports the rows of some customers in one PostgreSQL transaction: rows, 1-minute rows and states. New customers are folded here; who has
/// a state or rows already gets the imported ones after them, as if they had arrived late, and is made anew from all of them.
/// </summary>
internal sealed class CustomerImport(NpgsqlDataSource source, int importNumber, string topic)
{
    private const int MaxAttempts = 20;

    /// <summary>Imports a portion.</summary>
    /// <returns>Customers and rows.</returns>
    /// <exception cref="ImportException">Live traffic was in the way each time.</exception>
    public async Task<(int Customers, int Rows)> RunAsync(ImportPortion portion, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            try
            {
                if (await TryAsync(portion, isRetry: attempt > 0, cancellationToken) is { } done)
                {
                    return done;
                }
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
            {
                // Live traffic stored one of the rows, or took the same locks in another order.
            }
        }

        throw new ImportException(
            $"Customers {portion.First} to {portion.Last} got new states from live traffic each time; run the import again to complete it.");
    }

    private async Task<(int Customers, int Rows)?> TryAsync(ImportPortion portion, bool isRetry, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var rows = await ReadAsync(connection, transaction, portion, isRetry, cancellationToken);
        long[] keys = [.. rows.Select(row => row.CustomerId).Distinct()];
        var reader = new RebuildReader(connection, transaction);
        await reader.LockAsync(GrainKind.Customer, keys, cancellationToken);

        // From here on the states stand still. A customer that gets its first one meanwhile is noticed when ours is written.
        var states = await reader.ReadStatesAsync(GrainKind.Customer, keys, cancellationToken);
        var before = await ReadSequencesAsync(connection, transaction, keys, cancellationToken);
        var minutes = before.Count == 0 && states.Count == 0 ? [] : await reader.ReadMinutesAsync(keys, cancellationToken);
        var work = new Work(importNumber, rows.Count);
        foreach (var group in rows.GroupBy(row => row.CustomerId))
        {
            var live = states.GetValueOrDefault(group.Key);
            if (live is null && !before.ContainsKey(group.Key))
            {
                work.FoldNew(group);
                continue;
            }

            work.Append(
                group,
                Math.Max(live?.Sequence ?? 0, before.GetValueOrDefault(group.Key)),
                minutes.GetValueOrDefault(group.Key) ?? [],
                live?.ReadCustomer(out _)?.OldestOpenMinuteEndMicros);
        }

        await RowWriter.WriteTransactionsAsync(connection, work.Rows, cancellationToken);
        await RowWriter.WriteMinutesAsync(connection, work.Minutes, cancellationToken);
        if (work.Grown.Count > 0)
        {
            var again = await RebuildPortion.ReadAsync(reader, GrainKind.Customer, [.. work.Grown], topic, cancellationToken);
            await foreach (var rebuilt in again.RebuildAsync(cancellationToken))
            {
                work.States.Add(new CommitWork(rebuilt.ToCommit(firstVersion: 0)));
            }
        }

        var written = await StateWriter.WriteAsync(connection, transaction, work.States, cancellationToken);
        if (written.Count < work.States.Count)
        {
            return null;
        }

        await JournalWriter.WriteAsync(connection, transaction, work.States, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (keys.Length, rows.Count);
    }

    private static async Task<List<Transaction>> ReadAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ImportPortion portion, bool isRetry, CancellationToken cancellationToken)
    {
        // A slow machine is no process that hangs: whoever waits for this transaction's locks waits for its work.
        await using (var patience = new NpgsqlCommand("SET LOCAL idle_in_transaction_session_timeout = '60s'", connection, transaction))
        {
            await patience.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand(
            """
            SELECT transaction_id, customer_id, merchant_id, amount_cents, currency, base_cents, event_time, card_last_4, is_fraud, country,
                device_type
            FROM import_rows r WHERE customer_id BETWEEN $1 AND $2
                AND NOT ($3 AND EXISTS (SELECT 1 FROM transactions t WHERE t.transaction_id = r.transaction_id))
            ORDER BY customer_id, event_time, file, file_row
            """,
            connection,
            transaction);
        command.Parameters.AddAll(
        [
            new NpgsqlParameter<long> { TypedValue = portion.First },
            new NpgsqlParameter<long> { TypedValue = portion.Last },
            new NpgsqlParameter<bool> { TypedValue = isRetry },
        ]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Transaction>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new Transaction
            {
                TransactionId = reader.GetGuid(0),
                CustomerId = reader.GetInt64(1),
                MerchantId = reader.GetInt64(2),
                Amount = reader.GetInt64(3) / 100m,
                Currency = reader.GetString(4),
                BaseCents = reader.GetInt64(5),
                EventTimeMicros = UnixMicros.FromDateTimeOffset(new DateTimeOffset(reader.GetDateTime(6))),
                CardLast4 = reader.IsDBNull(7) ? null : reader.GetString(7),
                IsFraud = reader.IsDBNull(8) ? null : reader.GetBoolean(8),
                Country = reader.IsDBNull(9) ? null : reader.GetString(9),
                DeviceType = reader.IsDBNull(10) ? null : reader.GetString(10),
            });
        }

        return rows;
    }

    // The highest sequence among the stored rows of customers that have some.
    private static async Task<Dictionary<long, long>> ReadSequencesAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long[] keys, CancellationToken cancellationToken)
    {
        // Customer by customer, through the index: the table's statistics are from before it grew, and a plan made of them reads all of it.
        await using var command = new NpgsqlCommand(
            """
            SELECT k.id, s.newest
            FROM unnest($1) AS k (id),
                LATERAL (SELECT max(customer_sequence) AS newest FROM transactions WHERE customer_id = k.id) AS s
            WHERE s.newest IS NOT NULL
            """,
            connection,
            transaction);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = keys });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sequences = new Dictionary<long, long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            sequences.Add(reader.GetInt64(0), reader.GetInt64(1));
        }

        return sequences;
    }

    private sealed class Work(int importNumber, int rows)
    {
        public List<TransactionRow> Rows { get; } = new(rows);

        public List<MinuteFeatures> Minutes { get; } = new(rows);

        public List<CommitWork> States { get; } = [];

        /// <summary>Customers that had a state or rows before.</summary>
        public List<long> Grown { get; } = [];

        // The history of a customer is complete: no minute of it waits for more.
        public void FoldNew(IGrouping<long, Transaction> history)
        {
            var window = new CustomerWindow(history.Key);
            foreach (var transaction in history)
            {
                var fold = window.Fold(transaction, long.MinValue);
                Rows.Add(new TransactionRow(transaction, fold.IsLate, null, null, null, fold.Sequence, importNumber));
            }

            window.CloseMinutes(EndOfMinute(window.NewestEventMicros), Minutes);
            States.Add(new CommitWork(new GrainCommit
            {
                Kind = GrainKind.Customer,
                Key = history.Key,
                ExpectedVersion = 0,
                State = StateChange.Snapshot(window.Serialize()),
                Sequence = window.Sequence,
                Offsets = "{}",
            }));
        }

        // A minute that has its row keeps it, and what is imported into it is late. Minutes that the stream still fills get their row from it.
        public void Append(IGrouping<long, Transaction> history, long sequence, List<long> written, long? openEndMicros)
        {
            var closed = written.ToHashSet();
            var window = new CustomerWindow(history.Key);
            var ends = long.MinValue;
            foreach (var transaction in history)
            {
                var end = EndOfMinute(transaction.EventTimeMicros);
                var late = closed.Contains(end - UnixMicros.PerMinute);
                if (!late && !(end >= openEndMicros))
                {
                    window.Fold(transaction, long.MinValue);
                    ends = Math.Max(ends, end);
                }

                Rows.Add(new TransactionRow(transaction, late, null, null, null, ++sequence, importNumber));
            }

            window.CloseMinutes(ends, Minutes);
            Grown.Add(history.Key);
        }

        private static long EndOfMinute(long micros) => UnixMicros.Floor(micros, UnixMicros.PerMinute) + UnixMicros.PerMinute;
    }
}
