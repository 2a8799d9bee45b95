using System.Data;
using System.Globalization;
using System.Runtime.CompilerServices;
using Levee.Features;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Reads what is needed to compute logged vectors again, all in one snapshot of the database, so that silos may go on meanwhile.
/// </summary>
public sealed class ParityReader : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly RebuildReader _reader;

    private ParityReader(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _connection = connection;
        _transaction = transaction;
        _reader = new RebuildReader(connection, transaction);
    }

    /// <summary>Begins a snapshot.</summary>
    public static async Task<ParityReader> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        var connection = await source.OpenConnectionAsync(cancellationToken);
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand("SET LOCAL idle_in_transaction_session_timeout = 0", connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new ParityReader(connection, transaction);
    }

    /// <summary>Predictions in the order of (customer, id), in portions. The server sorts them once, and keeps its place in between.</summary>
    /// <param name="since">Scored at this time or later.</param>
    /// <param name="limit">How many in a portion at most.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<IReadOnlyList<LoggedPrediction>> ReadPredictionsAsync(
        DateTimeOffset since, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using (var declare = Command(
            """
            DECLARE logged NO SCROLL CURSOR FOR
            SELECT prediction_id, transaction_id, customer_id, merchant_id, event_time, request::text, features, feature_hash,
                customer_sequence, merchant_version, merchant_offsets, degraded, served
            FROM predictions WHERE scored_at >= $1
            ORDER BY customer_id, prediction_id
            """,
            new NpgsqlParameter<DateTime> { TypedValue = since.UtcDateTime }))
        {
            await declare.ExecuteNonQueryAsync(cancellationToken);
        }

        while (await FetchAsync(limit, cancellationToken) is { Count: > 0 } portion)
        {
            yield return portion;
        }
    }

    /// <summary>Stored transactions of customers, customer by customer, by sequence.</summary>
    public IAsyncEnumerable<ParityTransaction> ReadCustomersAsync(long[] customers, CancellationToken cancellationToken) =>
        ReadAsync(GrainKind.Customer, customers, [], cancellationToken);

    /// <summary>Stored transactions of merchants, merchant by merchant, in the order in which they were stored.</summary>
    public async IAsyncEnumerable<ParityTransaction> ReadMerchantsAsync(
        long[] merchants, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var imports = await ReadImportsAsync(merchants, cancellationToken);
        await foreach (var row in ReadAsync(GrainKind.Merchant, merchants, imports, cancellationToken))
        {
            yield return row;
        }
    }

    /// <summary>All labels of merchants' transactions, by merchant, in the order in which of those observed at the same time the last holds.</summary>
    public async Task<ILookup<long, ParityLabel>> ReadLabelsAsync(long[] merchants, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            SELECT t.merchant_id, l.transaction_id, t.event_time, t.is_fraud, l.is_fraud, l.observed_at, l.merchant_version,
                (t.base_amount * 100)::bigint, l.source, l.recorded_at, l.digest
            FROM transactions t JOIN labels l ON l.transaction_id = t.transaction_id
            WHERE t.merchant_id = ANY ($1) AND NOT EXISTS (
                SELECT 1 FROM transactions o WHERE o.transaction_id = t.transaction_id AND o.event_time < t.event_time)
            ORDER BY t.merchant_id, l.transaction_id, l.observed_at, l.recorded_at, l.source
            """,
            new NpgsqlParameter<long[]> { TypedValue = merchants });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var labels = new List<(long Merchant, ParityLabel Label)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new LabelRow(reader.GetGuid(1), reader.GetBoolean(4), reader.GetString(8), reader.GetDateTime(5), reader.GetDateTime(9));
            labels.Add((reader.GetInt64(0), new ParityLabel(
                row.TransactionId,
                Micros(reader.GetDateTime(2)),
                reader.IsDBNull(3) ? null : reader.GetBoolean(3),
                new LabelObservation(row.IsFraud, UnixMicros.FromDateTimeOffset(row.ObservedAt)),
                reader.IsDBNull(6) ? long.MaxValue : reader.GetInt64(6),
                reader.GetInt64(7),
                reader.IsDBNull(10) || reader.GetInt64(10) == RowDigest.Of(row))));
        }

        return labels.ToLookup(entry => entry.Merchant, entry => entry.Label);
    }

    /// <summary>How many transactions customers have folded, by their states.</summary>
    public async Task<IReadOnlyDictionary<long, long>> ReadSequencesAsync(long[] customers, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT customer_id, sequence FROM customer_state WHERE customer_id = ANY ($1)", new NpgsqlParameter<long[]> { TypedValue = customers });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sequences = new Dictionary<long, long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            sequences.Add(reader.GetInt64(0), reader.GetInt64(1));
        }

        return sequences;
    }

    /// <summary>Says whether all that a merchant had folded at a point is stored.</summary>
    /// <param name="topic">Topic of the transactions.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<Func<MerchantPoint, bool>> ReadCompletenessAsync(string topic, CancellationToken cancellationToken)
    {
        var durable = await _reader.ReadOffsetsAsync(topic, cancellationToken);
        return point => durable.Settles(point.Offsets);
    }

    /// <summary>Stored transactions at random, the same for the same seed and rows.</summary>
    /// <param name="rows">How many at most.</param>
    /// <param name="seed">Another seed, other rows.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<Transaction>> SampleAsync(int rows, long seed, CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"SELECT {TransactionColumns.All} FROM transactions ORDER BY uuid_hash_extended(transaction_id, $1), event_time LIMIT $2",
            new NpgsqlParameter<long> { TypedValue = seed },
            new NpgsqlParameter<int> { TypedValue = rows });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sample = new List<Transaction>();
        while (await reader.ReadAsync(cancellationToken))
        {
            sample.Add(TransactionColumns.Read(reader));
        }

        return sample;
    }

    /// <summary>
    /// The materialised vectors of some transactions, where nothing that a vector is computed of was stored after the rows for it were read: a
    /// late transaction, an import or a label that tells of an earlier time.
    /// </summary>
    public async Task<IReadOnlyDictionary<Guid, float[]>> ReadTrainingFeaturesAsync(
        string featureHash, Guid[] transactions, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            SELECT f.transaction_id, f.features
            FROM training_features f JOIN transactions t ON t.transaction_id = f.transaction_id AND t.event_time = f.event_time
            WHERE f.feature_hash = $1 AND f.transaction_id = ANY ($2)
                AND NOT EXISTS (
                    SELECT 1 FROM transactions o
                    WHERE o.customer_id = t.customer_id AND o.event_time <= t.event_time AND o.ingested_at > f.materialized_at)
                AND NOT EXISTS (
                    SELECT 1 FROM transactions o
                    WHERE o.merchant_id = t.merchant_id AND o.event_time <= t.event_time AND o.ingested_at > f.materialized_at)
                AND NOT EXISTS (
                    SELECT 1 FROM labels l JOIN transactions o ON o.transaction_id = l.transaction_id
                    WHERE l.recorded_at > f.materialized_at AND l.observed_at <= t.event_time AND o.merchant_id = t.merchant_id)
            """,
            new NpgsqlParameter<string> { TypedValue = featureHash },
            new NpgsqlParameter<Guid[]> { TypedValue = transactions });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var vectors = new Dictionary<Guid, float[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            vectors.Add(reader.GetGuid(0), reader.GetFieldValue<float[]>(1));
        }

        return vectors;
    }

    /// <summary>The states of some keys.</summary>
    public async Task<IReadOnlyDictionary<long, ParityState>> ReadStatesAsync(GrainKind kind, long[] keys, CancellationToken cancellationToken) =>
        (await _reader.ReadStatesAsync(kind, keys, cancellationToken)).ToDictionary(
            entry => entry.Key,
            entry => new ParityState(
                kind == GrainKind.Customer ? entry.Value.ReadCustomer(out _) : null,
                kind == GrainKind.Merchant ? entry.Value.ReadMerchant(out _) : null,
                new MerchantPoint(entry.Value.ReadOffsets(out _), entry.Value.Version)));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async IAsyncEnumerable<ParityTransaction> ReadAsync(
        GrainKind kind, long[] keys, Dictionary<long, List<(int Number, long Version)>> imports, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in _reader.ReadRowsAsync(kind, keys, cancellationToken))
        {
            var since = long.MinValue;
            if (row.ImportNumber is { } number && kind == GrainKind.Merchant)
            {
                since = long.MaxValue;
                foreach (var import in imports.GetValueOrDefault(row.Transaction.MerchantId) ?? [])
                {
                    since = import.Number >= number ? Math.Min(since, import.Version) : since;
                }
            }

            yield return new ParityTransaction(
                row.Transaction, row.CustomerSequence, row.Origin, since, row.Digest is null || row.Digest == RowDigest.Of(row.Transaction));
        }
    }

    private async Task<IReadOnlyList<LoggedPrediction>> FetchAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = Command(string.Create(CultureInfo.InvariantCulture, $"FETCH {limit} FROM logged"));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var predictions = new List<LoggedPrediction>();
        while (await reader.ReadAsync(cancellationToken))
        {
            predictions.Add(new LoggedPrediction
            {
                PredictionId = reader.GetGuid(0),
                TransactionId = reader.IsDBNull(1) ? null : reader.GetGuid(1),
                CustomerId = reader.GetInt64(2),
                MerchantId = reader.GetInt64(3),
                EventTimeMicros = Micros(reader.GetDateTime(4)),
                Request = reader.IsDBNull(5) ? null : reader.GetString(5),
                Features = reader.GetFieldValue<float[]>(6),
                FeatureHash = reader.GetString(7),
                CustomerSequence = reader.GetInt64(8),
                Merchant = reader.IsDBNull(9) || reader.IsDBNull(10)
                    ? null
                    : new MerchantPoint(OffsetVector.FromPositionBytes(reader.GetFieldValue<byte[]>(10)), reader.GetInt64(9)),
                Degraded = reader.GetBoolean(11),
                Served = reader.GetBoolean(12),
            });
        }

        return predictions;
    }

    private async Task<Dictionary<long, List<(int Number, long Version)>>> ReadImportsAsync(long[] merchants, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT merchant_id, import_number, version FROM merchant_imports WHERE merchant_id = ANY ($1) AND version IS NOT NULL",
            new NpgsqlParameter<long[]> { TypedValue = merchants });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var imports = new Dictionary<long, List<(int Number, long Version)>>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var merchant = reader.GetInt64(0);
            if (!imports.TryGetValue(merchant, out var list))
            {
                imports.Add(merchant, list = []);
            }

            list.Add((reader.GetInt32(1), reader.GetInt64(2)));
        }

        return imports;
    }

    private static long Micros(DateTime time) => UnixMicros.FromDateTimeOffset(new DateTimeOffset(time));

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        // Whoever checks waits as long as it takes; silos go on meanwhile.
        var command = new NpgsqlCommand(sql, _connection, _transaction) { CommandTimeout = 0 };
        command.Parameters.AddAll(parameters);
        return command;
    }
}
