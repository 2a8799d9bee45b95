using System.Runtime.CompilerServices;
using Levee.Features;
using Npgsql;

namespace Levee.Storage;

/// <summary>What a rebuild reads, all on one connection and so within its transaction.</summary>
internal sealed class RebuildReader(NpgsqlConnection connection, NpgsqlTransaction? transaction)
{
    private static readonly long[] NoVersions = [];

    /// <summary>The states of some keys, each with its journal.</summary>
    public async Task<Dictionary<long, LiveState>> ReadStatesAsync(GrainKind kind, long[] keys, CancellationToken cancellationToken)
    {
        var (name, open) = kind == GrainKind.Customer ? ("customer", "s.open_minute_end") : ("merchant", "NULL::timestamptz");
        await using var command = Command(
            $"""
            SELECT s.{name}_id, s.version, s.snapshot_version, s.sequence, {open}, s.offsets::text, s.state, j.deltas, j.versions
            FROM {name}_state s, LATERAL (
                SELECT array_agg(delta ORDER BY version) AS deltas, array_agg(version ORDER BY version) AS versions
                FROM {name}_journal WHERE {name}_id = s.{name}_id) AS j
            WHERE s.{name}_id = ANY ($1)
            """,
            new NpgsqlParameter<long[]> { TypedValue = keys });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new Dictionary<long, LiveState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (version, snapshot) = (reader.GetInt64(1), reader.GetInt64(2));
            var versions = reader.IsDBNull(8) ? NoVersions : reader.GetFieldValue<long[]>(8);
            states.Add(reader.GetInt64(0), new LiveState
            {
                Key = reader.GetInt64(0),
                Version = version,
                Sequence = reader.GetInt64(3),
                OpenMinuteEndMicros = reader.IsDBNull(4) ? null : Micros(reader.GetDateTime(4)),
                OffsetsJson = reader.GetString(5),
                Snapshot = reader.GetFieldValue<byte[]>(6),
                Deltas = reader.IsDBNull(7) ? [] : reader.GetFieldValue<byte[][]>(7),
                IsJournalWhole = versions.LongLength == version - snapshot
                    && versions.Select((found, index) => found == snapshot + index + 1).All(fits => fits),
            });
        }

        return states;
    }

    /// <summary>Locks the rows of some states until the transaction ends, in the order in which commits take them.</summary>
    public async Task LockAsync(GrainKind kind, long[] keys, CancellationToken cancellationToken)
    {
        var name = kind == GrainKind.Customer ? "customer" : "merchant";
        await using var command = Command(
            $"SELECT 1 FROM {name}_state WHERE {name}_id = ANY ($1) ORDER BY {name}_id FOR UPDATE",
            new NpgsqlParameter<long[]> { TypedValue = keys });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Stored transactions of some keys, key by key: a customer's by sequence, a merchant's in the order in which they came.
    /// </summary>
    public async IAsyncEnumerable<RebuildRow> ReadRowsAsync(
        GrainKind kind, long[] keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (column, order) = kind == GrainKind.Customer
            ? ("customer_id", "customer_sequence")
            : ("merchant_id", "ingested_at, event_time, customer_id, customer_sequence");
        await using var command = Command(
            $"""
            SELECT {TransactionColumns.All}, customer_sequence, is_late, epoch, kafka_partition, kafka_offset, import_number, digest
            FROM transactions WHERE {column} = ANY ($1)
            ORDER BY {column}, {order}
            """,
            new NpgsqlParameter<long[]> { TypedValue = keys });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            const int Next = TransactionColumns.Count;
            var isHistory = reader.IsDBNull(Next + 2) || reader.IsDBNull(Next + 3) || reader.IsDBNull(Next + 4);
            yield return new RebuildRow(
                TransactionColumns.Read(reader),
                reader.GetInt64(Next),
                reader.GetBoolean(Next + 1),
                isHistory ? null : (reader.GetInt32(Next + 2), reader.GetInt32(Next + 3), reader.GetInt64(Next + 4)),
                reader.IsDBNull(Next + 5) ? null : reader.GetInt32(Next + 5),
                reader.IsDBNull(Next + 6) ? null : reader.GetInt64(Next + 6));
        }
    }

    /// <summary>The beginnings of the minutes that have their row, by customer.</summary>
    public async Task<Dictionary<long, List<long>>> ReadMinutesAsync(long[] customers, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT customer_id, window_start FROM features WHERE customer_id = ANY ($1)",
            new NpgsqlParameter<long[]> { TypedValue = customers });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var minutes = new Dictionary<long, List<long>>();
        while (await reader.ReadAsync(cancellationToken))
        {
            Of(minutes, reader.GetInt64(0)).Add(Micros(reader.GetDateTime(1)));
        }

        return minutes;
    }

    /// <summary>The label histories that merchants have folded, by merchant, early labels included.</summary>
    public async Task<Dictionary<long, List<LabelHistory>>> ReadLabelsAsync(long[] merchants, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            SELECT t.merchant_id, l.transaction_id, t.event_time, t.is_fraud, l.is_fraud, l.observed_at, (t.base_amount * 100)::bigint
            FROM transactions t JOIN labels l ON l.transaction_id = t.transaction_id
            WHERE t.merchant_id = ANY ($1) AND l.merchant_sequence IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM transactions o WHERE o.transaction_id = t.transaction_id AND o.event_time < t.event_time)
            ORDER BY t.merchant_id, l.transaction_id, l.observed_at, l.recorded_at, l.source
            """,
            new NpgsqlParameter<long[]> { TypedValue = merchants });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var labels = new Dictionary<long, List<LabelHistory>>();
        var (last, observations) = (Guid.Empty, new List<LabelObservation>());
        while (await reader.ReadAsync(cancellationToken))
        {
            var (id, at) = (reader.GetGuid(1), Micros(reader.GetDateTime(2)));
            if (id != last)
            {
                (last, observations) = (id, reader.IsDBNull(3) ? [] : [new LabelObservation(reader.GetBoolean(3), at)]);
                Of(labels, reader.GetInt64(0)).Add(new LabelHistory(id, at, observations) { BaseCents = reader.GetInt64(6) });
            }

            observations.Add(new LabelObservation(reader.GetBoolean(4), Micros(reader.GetDateTime(5))));
        }

        return labels;
    }

    /// <summary>How far the topic's partitions are complete, in every epoch.</summary>
    public async Task<DurableOffsets> ReadOffsetsAsync(string topic, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT epoch, kafka_partition, next_offset FROM stream_checkpoints WHERE topic = $1",
            new NpgsqlParameter<string> { TypedValue = topic });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var next = new Dictionary<(int Epoch, int Partition), long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            next.Add((reader.GetInt32(0), reader.GetInt32(1)), reader.GetInt64(2));
        }

        return new DurableOffsets(next);
    }

    private static List<T> Of<T>(Dictionary<long, List<T>> lists, long key)
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists.Add(key, list = []);
        }

        return list;
    }

    private static long Micros(DateTime time) => UnixMicros.FromDateTimeOffset(new DateTimeOffset(time));

    private NpgsqlCommand Command(string sql, NpgsqlParameter parameter)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.Add(parameter);
        return command;
    }
}
