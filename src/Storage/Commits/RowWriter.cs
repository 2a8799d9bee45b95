using Levee.Features;
using Npgsql;
using NpgsqlTypes;

namespace Levee.Storage;

/// <summary>
/// Writes many rows at once with COPY, PostgreSQL's fastest way in. Fields are written without await: they go to a buffer, and a task for
/// each of them would cost more than the seldom moment in which the buffer goes to the socket.
/// </summary>
internal static class RowWriter
{
    public static async Task WriteTransactionsAsync(NpgsqlConnection connection, IEnumerable<TransactionRow> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY transactions (transaction_id, customer_id, merchant_id, amount, currency, base_amount, event_time, card_last_4, is_fraud,
                country, device_type, is_late, epoch, kafka_partition, kafka_offset, customer_sequence, import_number, digest)
            FROM STDIN (FORMAT binary)
            """,
            cancellationToken);
        foreach (var row in rows)
        {
            var transaction = row.Transaction;
            copy.StartRow();
            copy.Write(transaction.TransactionId, NpgsqlDbType.Uuid);
            copy.Write(transaction.CustomerId, NpgsqlDbType.Bigint);
            copy.Write(transaction.MerchantId, NpgsqlDbType.Bigint);
            copy.Write(transaction.Amount, NpgsqlDbType.Numeric);
            copy.Write(transaction.Currency, NpgsqlDbType.Text);
            copy.Write(transaction.BaseCents / 100m, NpgsqlDbType.Numeric);
            copy.Write(Time(transaction.EventTimeMicros), NpgsqlDbType.TimestampTz);
            WriteOptional(copy, transaction.CardLast4);
            WriteOptional(copy, transaction.IsFraud, NpgsqlDbType.Boolean);
            WriteOptional(copy, transaction.Country);
            WriteOptional(copy, transaction.DeviceType);
            copy.Write(row.IsLate, NpgsqlDbType.Boolean);
            WriteOptional(copy, row.Epoch, NpgsqlDbType.Integer);
            WriteOptional(copy, row.KafkaPartition, NpgsqlDbType.Integer);
            WriteOptional(copy, row.KafkaOffset, NpgsqlDbType.Bigint);
            copy.Write(row.CustomerSequence, NpgsqlDbType.Bigint);
            WriteOptional(copy, row.ImportNumber, NpgsqlDbType.Integer);
            copy.Write(RowDigest.Of(transaction), NpgsqlDbType.Bigint);
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
            copy.StartRow();
            copy.Write(row.CustomerId, NpgsqlDbType.Bigint);
            copy.Write(Time(row.WindowStartMicros), NpgsqlDbType.TimestampTz);
            copy.Write(Time(row.WindowEndMicros), NpgsqlDbType.TimestampTz);
            copy.Write(row.TransactionCount, NpgsqlDbType.Integer);
            copy.Write((double)row.AvgAmount, NpgsqlDbType.Double);
            copy.Write((double)row.MaxAmount, NpgsqlDbType.Double);
            copy.Write(row.FraudCount, NpgsqlDbType.Integer);
            WriteOptional(copy, row.AmountStd, NpgsqlDbType.Double);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    public static Task WritePredictionsAsync(NpgsqlConnection connection, IEnumerable<PredictionRow> rows, CancellationToken cancellationToken) =>
        PredictionCopy.WriteAsync(connection, rows, cancellationToken);

    public static DateTime Time(long micros) => UnixMicros.ToDateTimeOffset(micros).UtcDateTime;

    public static void WriteOptional(NpgsqlBinaryImporter copy, string? value)
    {
        if (value is null)
        {
            copy.WriteNull();
        }
        else
        {
            copy.Write(value, NpgsqlDbType.Text);
        }
    }

    public static void WriteOptional<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type)
        where T : struct
    {
        if (value is { } given)
        {
            copy.Write(given, type);
        }
        else
        {
            copy.WriteNull();
        }
    }
}
