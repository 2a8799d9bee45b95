using System.Data;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Stores labels once for each key of a caller: the key, the labels and the answer are one transaction, so a repeat finds all of it or nothing,
/// at whichever process it arrives and whatever was killed in between. One that comes while the first is under way waits for it.
/// </summary>
public sealed class IdempotentLabels(NpgsqlDataSource source)
{
    // Each request takes away more old keys than it adds.
    private const int ForgottenAtOnce = 20;

    /// <summary>Stores labels, unless the key has been used.</summary>
    /// <param name="request">The caller's key.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Stops; then nothing was stored, or all of it.</param>
    /// <returns>How many were new, and whether this was the first such request.</returns>
    public async Task<IdempotentResult> AddAsync(
        IdempotentRequest request, IReadOnlyList<LabelRow> labels, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        if (!await TryTakeAsync(connection, request, now, cancellationToken))
        {
            return await ReadAsync(connection, request, cancellationToken);
        }

        await using var insert = connection.CreateCommand();
        var added = await LabelStore.InsertAsync(insert, labels, cancellationToken);
        await AnswerAsync(connection, request, added, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new IdempotentResult(added, IsRepeated: false, IsOtherBody: false);
    }

    // Waits for a request under way with the same key; of one that fails the key is free again.
    private static async Task<bool> TryTakeAsync(
        NpgsqlConnection connection, IdempotentRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            INSERT INTO idempotency_keys AS known (caller, key, body_hash, used_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (caller, key) DO UPDATE SET body_hash = excluded.body_hash, used_at = excluded.used_at, added = 0
                WHERE known.used_at <= $5
            """;
        command.Parameters.AddAll(
        [
            new NpgsqlParameter<string> { TypedValue = request.Caller },
            new NpgsqlParameter<string> { TypedValue = request.Key },
            new NpgsqlParameter<byte[]> { TypedValue = request.BodyHash },
            new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime },
            new NpgsqlParameter<DateTime> { TypedValue = (now - request.Lifetime).UtcDateTime },
        ]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static async Task<IdempotentResult> ReadAsync(
        NpgsqlConnection connection, IdempotentRequest request, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT body_hash, added FROM idempotency_keys WHERE caller = $1 AND key = $2";
        command.Parameters.AddAll(
            [new NpgsqlParameter<string> { TypedValue = request.Caller }, new NpgsqlParameter<string> { TypedValue = request.Key }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new IdempotentResult(
                reader.GetInt32(1), IsRepeated: true, IsOtherBody: !reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(request.BodyHash))
            : throw new InvalidOperationException("An Idempotency-Key ended while it was looked up; the request may be sent again.");
    }

    private static async Task AnswerAsync(
        NpgsqlConnection connection, IdempotentRequest request, int added, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE idempotency_keys SET added = $3 WHERE caller = $1 AND key = $2")
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = request.Caller },
                new NpgsqlParameter<string> { TypedValue = request.Key },
                new NpgsqlParameter<int> { TypedValue = added },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            DELETE FROM idempotency_keys WHERE (caller, key) IN (
                SELECT caller, key FROM idempotency_keys WHERE used_at <= $1 ORDER BY used_at LIMIT $2 FOR UPDATE SKIP LOCKED)
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<DateTime> { TypedValue = (now - request.Lifetime).UtcDateTime },
                new NpgsqlParameter<int> { TypedValue = ForgottenAtOnce },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
