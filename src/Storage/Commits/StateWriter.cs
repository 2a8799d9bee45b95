using Npgsql;
using NpgsqlTypes;

namespace Levee.Storage;

/// <summary>
/// Writes states under their version check; one without a snapshot keeps the snapshot that is there. Rows are taken in the order of their keys, so that two batches cannot
/// deadlock.
/// </summary>
internal static class StateWriter
{
    private const string UpsertCustomers =
        """
        INSERT INTO customer_state AS s
            (customer_id, state, version, snapshot_version, sequence, offsets, commit_id, kafka_partition, open_minute_end)
        SELECT key, state, expected + 1, expected + 1, sequence, offsets::jsonb, commit_id, partition, open_minute_end
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
            AS n (key, state, expected, sequence, offsets, commit_id, partition, open_minute_end)
        ORDER BY key
        ON CONFLICT (customer_id) DO UPDATE
            SET state = CASE WHEN excluded.state = '' THEN s.state ELSE excluded.state END,
                snapshot_version = CASE WHEN excluded.state = '' THEN s.snapshot_version ELSE excluded.version END,
                version = excluded.version, sequence = excluded.sequence, offsets = excluded.offsets, commit_id = excluded.commit_id, kafka_partition = coalesce(excluded.kafka_partition, s.kafka_partition),
                open_minute_end = excluded.open_minute_end, updated_at = now()
            WHERE s.version = excluded.version - 1
        RETURNING customer_id, xmax = 0
        """;

    private const string UpsertMerchants =
        """
        INSERT INTO merchant_state AS s (merchant_id, state, version, snapshot_version, sequence, offsets, commit_id)
        SELECT key, state, expected + 1, expected + 1, sequence, offsets::jsonb, commit_id
        FROM unnest($1, $2, $3, $4, $5, $6) AS n (key, state, expected, sequence, offsets, commit_id)
        ORDER BY key
        ON CONFLICT (merchant_id) DO UPDATE
            SET state = CASE WHEN excluded.state = '' THEN s.state ELSE excluded.state END,
                snapshot_version = CASE WHEN excluded.state = '' THEN s.snapshot_version ELSE excluded.version END,
                version = excluded.version, sequence = excluded.sequence, offsets = excluded.offsets, commit_id = excluded.commit_id, updated_at = now()
            WHERE s.version = excluded.version - 1
        RETURNING merchant_id, xmax = 0
        """;

    /// <summary>Writes the states.</summary>
    /// <returns>The grains whose row had the expected version or did not exist, and whether it is new.</returns>
    public static async Task<Dictionary<(GrainKind, long), bool>> WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<CommitWork> works, CancellationToken cancellationToken)
    {
        var written = new Dictionary<(GrainKind, long), bool>(works.Count);
        foreach (var kind in (GrainKind[])[GrainKind.Customer, GrainKind.Merchant])
        {
            var mine = works.FindAll(work => work.Commit.Kind == kind);
            if (mine.Count == 0)
            {
                continue;
            }

            await using var command = new NpgsqlCommand(kind == GrainKind.Customer ? UpsertCustomers : UpsertMerchants, connection, transaction);
            command.Parameters.AddAll(Parameters(mine));
            if (kind == GrainKind.Customer)
            {
                command.Parameters.Add(new NpgsqlParameter<int?[]> { TypedValue = [.. mine.Select(work => work.Commit.Partition)] });
                command.Parameters.Add(new NpgsqlParameter<DateTime?[]>
                {
                    TypedValue = [.. mine.Select(work => work.Commit.OpenMinuteEndMicros is { } end ? RowWriter.Time(end) : (DateTime?)null)],
                });
            }

            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                written.Add((kind, reader.GetInt64(0)), reader.GetBoolean(1));
            }
        }

        return written;
    }

    /// <summary>Marks the labels that the states have folded.</summary>
    /// <returns>The works some of whose labels were folded by somebody else.</returns>
    public static async Task<List<CommitWork>> MarkLabelsAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<CommitWork> works, CancellationToken cancellationToken)
    {
        var unmarked = new List<CommitWork>();
        foreach (var work in works.Where(work => work.Commit.AppliedLabels.Count > 0))
        {
            await using var command = new NpgsqlCommand(
                """
                UPDATE labels l SET merchant_sequence = $4, merchant_version = $5
                FROM unnest($1, $2, $3) AS n (id, at, source)
                WHERE l.transaction_id = n.id AND l.observed_at = n.at AND l.source = n.source AND l.merchant_sequence IS NULL
                """,
                connection,
                transaction);
            var labels = work.Commit.AppliedLabels;
            command.Parameters.AddAll(
            [
                new NpgsqlParameter<Guid[]> { TypedValue = [.. labels.Select(label => label.TransactionId)] },
                new NpgsqlParameter<DateTime[]> { TypedValue = [.. labels.Select(label => label.ObservedAt)] },
                new NpgsqlParameter<string[]> { TypedValue = [.. labels.Select(label => label.Source)] },
                new NpgsqlParameter<long> { TypedValue = work.Commit.Sequence },
                new NpgsqlParameter<long> { TypedValue = work.Commit.ExpectedVersion + 1 },
            ]);
            if (await command.ExecuteNonQueryAsync(cancellationToken) != labels.Count)
            {
                unmarked.Add(work);
            }
        }

        return unmarked;
    }

    private static NpgsqlParameter[] Parameters(List<CommitWork> works) =>
    [
        new NpgsqlParameter<long[]> { TypedValue = [.. works.Select(work => work.Commit.Key)] },
        new NpgsqlParameter<byte[][]> { TypedValue = [.. works.Select(work => work.Commit.State.IsSnapshot ? work.Commit.State.Bytes : [])], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
        new NpgsqlParameter<long[]> { TypedValue = [.. works.Select(work => work.Commit.ExpectedVersion)] },
        new NpgsqlParameter<long[]> { TypedValue = [.. works.Select(work => work.Commit.Sequence)] },
        new NpgsqlParameter<string[]> { TypedValue = [.. works.Select(work => work.Commit.Offsets)] },
        new NpgsqlParameter<Guid[]> { TypedValue = [.. works.Select(work => work.Id)] },
    ];
}
