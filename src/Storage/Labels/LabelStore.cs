using Levee.Features;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Labels: stored at once, folded into their merchants later. Where two transactions carry one id, months apart, the label is the first's.
/// </summary>
public sealed class LabelStore(NpgsqlDataSource source)
{
    /// <summary>Stores labels; one that is there already (same transaction, observed time and source) stays as it is.</summary>
    /// <returns>How many were new.</returns>
    public async Task<int> AddAsync(IReadOnlyList<LabelRow> labels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(labels);
        await using var command = source.CreateCommand();
        return await InsertAsync(command, labels, cancellationToken);
    }

    /// <summary>Merchants that have labels to fold. Labels of transactions that are not stored yet wait.</summary>
    public async Task<IReadOnlyList<long>> ReadMerchantsWithPendingAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT DISTINCT t.merchant_id
            FROM labels l JOIN transactions t ON t.transaction_id = l.transaction_id
            WHERE l.merchant_sequence IS NULL AND NOT EXISTS (
                SELECT 1 FROM transactions o WHERE o.transaction_id = t.transaction_id AND o.event_time < t.event_time)
            LIMIT $1
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var merchants = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            merchants.Add(reader.GetInt64(0));
        }

        return merchants;
    }

    /// <summary>A merchant's labels that it has not folded yet, with the complete history of each transaction concerned.</summary>
    public async Task<PendingLabels> ReadPendingAsync(long merchantId, int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            WITH pending AS (
                SELECT DISTINCT t.transaction_id, t.event_time, t.is_fraud, (t.base_amount * 100)::bigint AS cents
                FROM labels l JOIN transactions t ON t.transaction_id = l.transaction_id
                WHERE l.merchant_sequence IS NULL AND t.merchant_id = $1 AND NOT EXISTS (
                    SELECT 1 FROM transactions o WHERE o.transaction_id = t.transaction_id AND o.event_time < t.event_time)
                LIMIT $2)
            SELECT p.transaction_id, p.event_time, p.is_fraud, l.observed_at, l.source, l.is_fraud, l.merchant_sequence IS NULL, p.cents
            FROM pending p JOIN labels l USING (transaction_id)
            ORDER BY p.transaction_id, l.observed_at, l.recorded_at, l.source
            """);
        command.Parameters.AddAll([new NpgsqlParameter<long> { TypedValue = merchantId }, new NpgsqlParameter<int> { TypedValue = limit }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var histories = new Dictionary<Guid, (long At, long Cents, List<LabelObservation> Observations)>();
        var keys = new List<LabelKey>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0);
            if (!histories.TryGetValue(id, out var history))
            {
                history = (Micros(reader.GetDateTime(1)), reader.GetInt64(7), []);
                if (!reader.IsDBNull(2))
                {
                    history.Observations.Add(new LabelObservation(reader.GetBoolean(2), history.At));
                }

                histories.Add(id, history);
            }

            var observed = reader.GetDateTime(3);
            history.Observations.Add(new LabelObservation(reader.GetBoolean(5), Micros(observed)));
            if (reader.GetBoolean(6))
            {
                keys.Add(new LabelKey(id, observed, reader.GetString(4)));
            }
        }

        return new PendingLabels(
            [
                .. histories.Select(entry => new LabelHistory(entry.Key, entry.Value.At, entry.Value.Observations)
                {
                    BaseCents = entry.Value.Cents,
                }),
            ],
            keys);
    }

    /// <summary>Stores labels with a command of some connection.</summary>
    internal static Task<int> InsertAsync(NpgsqlCommand command, IReadOnlyList<LabelRow> labels, CancellationToken cancellationToken)
    {
        command.CommandText =
            """
            INSERT INTO labels (transaction_id, is_fraud, source, observed_at, recorded_at, digest)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6) AS n (transaction_id, is_fraud, source, observed_at, recorded_at, digest)
            ORDER BY 1, 4, 3
            ON CONFLICT DO NOTHING
            """;
        command.Parameters.AddAll(
        [
            new NpgsqlParameter<Guid[]> { TypedValue = [.. labels.Select(label => label.TransactionId)] },
            new NpgsqlParameter<bool[]> { TypedValue = [.. labels.Select(label => label.IsFraud)] },
            new NpgsqlParameter<string[]> { TypedValue = [.. labels.Select(label => label.Source)] },
            new NpgsqlParameter<DateTime[]> { TypedValue = [.. labels.Select(label => label.ObservedAt.UtcDateTime)] },
            new NpgsqlParameter<DateTime[]> { TypedValue = [.. labels.Select(label => label.RecordedAt.UtcDateTime)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. labels.Select(RowDigest.Of)] },
        ]);
        return command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static long Micros(DateTime time) => UnixMicros.FromDateTimeOffset(new DateTimeOffset(time));
}
