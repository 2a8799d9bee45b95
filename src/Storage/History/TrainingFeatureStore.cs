using Npgsql;
using NpgsqlTypes;

namespace Levee.Storage;

/// <summary>The table <c>training_features</c>: vectors and labels as data sets have them, for SQL.</summary>
public sealed class TrainingFeatureStore(NpgsqlDataSource source)
{
    /// <summary>Writes vectors in one transaction; those that are there already, on the same feature list, are replaced.</summary>
    /// <param name="featureHash">Hash of the feature list.</param>
    /// <param name="vectors">The vectors. Where an id is there twice, months apart, the first is kept.</param>
    /// <param name="readAt">When the rows that they were computed of were read: what was stored later is not in them.</param>
    /// <param name="cancellationToken">Stops; then nothing was written.</param>
    public async Task WriteAsync(
        string featureHash, IEnumerable<TrainingVector> vectors, DateTimeOffset readAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(
            connection, transaction, "CREATE TEMP TABLE new_training_features ON COMMIT DROP AS TABLE training_features WITH NO DATA", cancellationToken);
        await using (var copy = await connection.BeginBinaryImportAsync(
            """
            COPY new_training_features (transaction_id, event_time, customer_id, is_fraud, features, feature_hash, materialized_at)
            FROM STDIN (FORMAT binary)
            """,
            cancellationToken))
        {
            foreach (var vector in vectors)
            {
                copy.StartRow();
                copy.Write(vector.TransactionId, NpgsqlDbType.Uuid);
                copy.Write(RowWriter.Time(vector.EventTimeMicros), NpgsqlDbType.TimestampTz);
                copy.Write(vector.CustomerId, NpgsqlDbType.Bigint);
                copy.Write(vector.IsFraud, NpgsqlDbType.Boolean);
                copy.Write(vector.Features, NpgsqlDbType.Array | NpgsqlDbType.Real);
                copy.Write(featureHash, NpgsqlDbType.Text);
                copy.Write(readAt.UtcDateTime, NpgsqlDbType.TimestampTz);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        await ExecuteAsync(
            connection,
            transaction,
            """
            INSERT INTO training_features (transaction_id, event_time, customer_id, is_fraud, features, feature_hash, materialized_at)
            SELECT DISTINCT ON (transaction_id) transaction_id, event_time, customer_id, is_fraud, features, feature_hash, materialized_at
            FROM new_training_features ORDER BY transaction_id, event_time
            ON CONFLICT (feature_hash, transaction_id) DO UPDATE
                SET event_time = excluded.event_time, customer_id = excluded.customer_id, is_fraud = excluded.is_fraud,
                    features = excluded.features, materialized_at = excluded.materialized_at
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
