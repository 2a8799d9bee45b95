using Levee.Features;
using Npgsql;
using NpgsqlTypes;

namespace Levee.Storage;

/// <summary>Loads history that was folded elsewhere: rows, minutes, labels and states, all or nothing.</summary>
public sealed class HistoryLoader(NpgsqlDataSource source)
{
    // Folded already: what marks a label as such is any number but null.
    private const long FoldedBeforeTheStream = 0;

    /// <summary>Loads into empty tables.</summary>
    public async Task LoadAsync(
        IReadOnlyList<TransactionRow> transactions,
        IReadOnlyList<MinuteFeatures> minutes,
        IReadOnlyList<LabelRow> labels,
        IReadOnlyList<LoadedState> customers,
        IReadOnlyList<LoadedState> merchants,
        CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RowWriter.WriteTransactionsAsync(connection, transactions, cancellationToken);
        await RowWriter.WriteMinutesAsync(connection, minutes, cancellationToken);
        await WriteLabelsAsync(connection, labels, cancellationToken);
        await WriteStatesAsync(connection, "customer_state (customer_id", customers, cancellationToken);
        await WriteStatesAsync(connection, "merchant_state (merchant_id", merchants, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await using var analyze = new NpgsqlCommand("ANALYZE transactions, features, labels", connection);
        await analyze.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task WriteLabelsAsync(NpgsqlConnection connection, IReadOnlyList<LabelRow> labels, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY labels (transaction_id, is_fraud, source, observed_at, recorded_at, merchant_sequence, merchant_version, digest)
            FROM STDIN (FORMAT binary)
            """,
            cancellationToken);
        foreach (var label in labels)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(label.TransactionId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(label.IsFraud, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(label.Source, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(label.ObservedAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(label.RecordedAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(FoldedBeforeTheStream, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(1L, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(RowDigest.Of(label), NpgsqlDbType.Bigint, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task WriteStatesAsync(
        NpgsqlConnection connection, string tableAndKey, IReadOnlyList<LoadedState> states, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"COPY {tableAndKey}, state, version, snapshot_version, sequence, offsets, commit_id) FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (var state in states)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(state.Key, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(state.State, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(1L, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(1L, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(state.Sequence, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync("{}", NpgsqlDbType.Jsonb, cancellationToken);
            await copy.WriteAsync(Guid.NewGuid(), NpgsqlDbType.Uuid, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }
}
