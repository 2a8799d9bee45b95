using Levee.Features;
using Npgsql;
using NpgsqlTypes;

namespace Levee.Storage;

/// <summary>Writes many rows at once with COPY, PostgreSQL's fastest way in.</summary>
internal static class RowWriter
{
    public static async Task WriteTransactionsAsync(NpgsqlConnection connection, IEnumerable<TransactionRow> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY transactions (transaction_id, customer_id, merchant_id, amount, currency, base_amount, event_time, card_last_4, is_fraud,
                country, device_type, is_late, epoch, kafka_partition, kafka_offset, customer_sequence) FROM STDIN (FORMAT binary)
            """,
            cancellationToken);
        foreach (var row in rows)
        {
            var transaction = row.Transaction;
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(transaction.TransactionId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(transaction.CustomerId, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(transaction.MerchantId, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(transaction.Amount, NpgsqlDbType.Numeric, cancellationToken);
            await copy.WriteAsync(transaction.Currency, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(transaction.BaseCents / 100m, NpgsqlDbType.Numeric, cancellationToken);
            await copy.WriteAsync(Time(transaction.EventTimeMicros), NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteOptionalAsync(copy, transaction.CardLast4, cancellationToken);
            await WriteOptionalAsync(copy, transaction.IsFraud, NpgsqlDbType.Boolean, cancellationToken);
            await WriteOptionalAsync(copy, transaction.Country, cancellationToken);
            await WriteOptionalAsync(copy, transaction.DeviceType, cancellationToken);
            await copy.WriteAsync(row.IsLate, NpgsqlDbType.Boolean, cancellationToken);
            await WriteOptionalAsync(copy, row.Epoch, NpgsqlDbType.Integer, cancellationToken);
            await WriteOptionalAsync(copy, row.KafkaPartition, NpgsqlDbType.Integer, cancellationToken);
            await WriteOptionalAsync(copy, row.KafkaOffset, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(row.CustomerSequence, NpgsqlDbType.Bigint, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    public static async Task WriteMinutesAsync(NpgsqlConnection connection, IEnumerable<MinuteFeatures> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY features (customer_id, window_start, window_end, transaction_count, avg_amount, max_amount, fraud_count, amount_std)
            FROM STDIN (FORMAT binary)
            """,
            cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(row.CustomerId, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(Time(row.WindowStartMicros), NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(Time(row.WindowEndMicros), NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(row.TransactionCount, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync((double)row.AvgAmount, NpgsqlDbType.Double, cancellationToken);
            await copy.WriteAsync((double)row.MaxAmount, NpgsqlDbType.Double, cancellationToken);
            await copy.WriteAsync(row.FraudCount, NpgsqlDbType.Integer, cancellationToken);
            await WriteOptionalAsync(copy, row.AmountStd, NpgsqlDbType.Double, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    public static async Task WritePredictionsAsync(NpgsqlConnection connection, IEnumerable<PredictionRow> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY predictions (prediction_id, transaction_id, customer_id, merchant_id, event_time, scored_at, request, fraud_probability,
                is_fraud, model_version, features, feature_hash, customer_sequence, merchant_sequence, degraded, latency_ms, served)
            FROM STDIN (FORMAT binary)
            """,
            cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(row.PredictionId, NpgsqlDbType.Uuid, cancellationToken);
            await WriteOptionalAsync(copy, row.TransactionId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(row.CustomerId, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(row.MerchantId, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(Time(row.EventTimeMicros), NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(Time(row.ScoredAtMicros), NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(row.Request, NpgsqlDbType.Jsonb, cancellationToken);
            await copy.WriteAsync(row.FraudProbability, NpgsqlDbType.Double, cancellationToken);
            await copy.WriteAsync(row.IsFraud, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(row.ModelVersion, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Features, NpgsqlDbType.Array | NpgsqlDbType.Real, cancellationToken);
            await copy.WriteAsync(row.FeatureHash, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.CustomerSequence, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(row.MerchantSequence, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(row.Degraded, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(row.LatencyMs, NpgsqlDbType.Double, cancellationToken);
            await copy.WriteAsync(row.Served, NpgsqlDbType.Boolean, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    public static DateTime Time(long micros) => UnixMicros.ToDateTimeOffset(micros).UtcDateTime;

    private static Task WriteOptionalAsync(NpgsqlBinaryImporter copy, string? value, CancellationToken cancellationToken) =>
        value is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(value, NpgsqlDbType.Text, cancellationToken);

    private static Task WriteOptionalAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken cancellationToken)
        where T : struct =>
        value is { } given ? copy.WriteAsync(given, type, cancellationToken) : copy.WriteNullAsync(cancellationToken);
}
