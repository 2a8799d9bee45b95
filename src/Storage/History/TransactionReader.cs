using Levee.Features;
using Npgsql;

namespace Levee.Storage;

/// <summary>Reads stored transactions back, for training and comparison.</summary>
public sealed class TransactionReader(NpgsqlDataSource source)
{
    // Seconds. Months of transactions take long to be sorted; a connection that is dead without saying so must end some time.
    private const int LongestRead = 3_600;

    /// <summary>How many transactions are stored.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT count(*) FROM transactions");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How many transactions a time span has.</summary>
    /// <param name="fromMicros">First event time, inclusive, microseconds since the Unix epoch.</param>
    /// <param name="toMicros">Last event time, inclusive.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<long> CountAsync(long fromMicros, long toMicros, CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT count(*) FROM transactions WHERE event_time >= $1 AND event_time <= $2");
        command.Parameters.AddAll(
            [new NpgsqlParameter<DateTime> { TypedValue = RowWriter.Time(fromMicros) }, new NpgsqlParameter<DateTime> { TypedValue = RowWriter.Time(toMicros) }]);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The transactions of a time span, with every label observed in it.</summary>
    /// <param name="fromMicros">First event time, inclusive, microseconds since the Unix epoch.</param>
    /// <param name="toMicros">Last event time and last observed time, inclusive.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<StoredHistory> ReadAsync(long fromMicros, long toMicros, CancellationToken cancellationToken)
    {
        var transactions = await ReadTransactionsAsync(fromMicros, toMicros, cancellationToken);
        return new StoredHistory(transactions, await ReadLabelsAsync(transactions, fromMicros, toMicros, cancellationToken));
    }

    private async Task<List<Transaction>> ReadTransactionsAsync(long fromMicros, long toMicros, CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"""
            SELECT {TransactionColumns.All}
            FROM transactions
            WHERE event_time >= $1 AND event_time <= $2
            ORDER BY event_time, customer_id, customer_sequence
            """);
        command.Parameters.AddAll(
            [new NpgsqlParameter<DateTime> { TypedValue = RowWriter.Time(fromMicros) }, new NpgsqlParameter<DateTime> { TypedValue = RowWriter.Time(toMicros) }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var transactions = new List<Transaction>();
        while (await reader.ReadAsync(cancellationToken))
        {
            transactions.Add(TransactionColumns.Read(reader));
        }

        return transactions;
    }

    private async Task<Dictionary<Guid, LabelHistory>> ReadLabelsAsync(
        List<Transaction> transactions, long fromMicros, long toMicros, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            SELECT l.transaction_id, l.is_fraud, l.observed_at
            FROM labels l JOIN transactions t ON t.transaction_id = l.transaction_id
            WHERE t.event_time >= $1 AND t.event_time <= $2 AND l.observed_at <= $2
            ORDER BY l.transaction_id, l.observed_at, l.recorded_at, l.source
            """);
        command.Parameters.AddAll(
            [new NpgsqlParameter<DateTime> { TypedValue = RowWriter.Time(fromMicros) }, new NpgsqlParameter<DateTime> { TypedValue = RowWriter.Time(toMicros) }]);
        var observations = new Dictionary<Guid, List<LabelObservation>>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var id = reader.GetGuid(0);
                if (!observations.TryGetValue(id, out var known))
                {
                    observations.Add(id, known = []);
                }

                known.Add(new LabelObservation(reader.GetBoolean(1), UnixMicros.FromDateTimeOffset(new DateTimeOffset(reader.GetDateTime(2)))));
            }
        }

        var histories = new Dictionary<Guid, LabelHistory>();
        foreach (var transaction in transactions)
        {
            var early = transaction.IsFraud is { } fraud ? [new LabelObservation(fraud, transaction.EventTimeMicros)] : Array.Empty<LabelObservation>();
            if (histories.ContainsKey(transaction.TransactionId))
            {
                // The first of two that carry one id has the label.
                continue;
            }

            if (observations.TryGetValue(transaction.TransactionId, out var later))
            {
                histories[transaction.TransactionId] = new LabelHistory(transaction.TransactionId, transaction.EventTimeMicros, [.. early, .. later])
                {
                    BaseCents = transaction.BaseCents,
                };
            }
            else if (early.Length > 0)
            {
                histories[transaction.TransactionId] = new LabelHistory(transaction.TransactionId, transaction.EventTimeMicros, early)
                {
                    BaseCents = transaction.BaseCents,
                };
            }
        }

        return histories;
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = source.CreateCommand(sql);
        command.CommandTimeout = LongestRead;
        return command;
    }
}
