using System.Data;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Replaces one state by the rebuilt one. The state's row is locked, so its grain's commits wait; what the grain had folded by then is what
/// the new state holds. The version rises, so the grain's next commit is refused, and it reads the new state.
/// </summary>
internal sealed class StateSwap(NpgsqlDataSource source, string topic, TimeProvider time)
{
    private const int MaxAttempts = 100;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Replaces the state of a key.</summary>
    /// <param name="seen">The rebuilt state that differed: complete for its moment.</param>
    /// <param name="cancellationToken">Stops; then nothing was replaced.</param>
    /// <returns>False when the merchant was too busy each time to say what it holds.</returns>
    public async Task<bool> TryAsync(StateRebuild seen, CancellationToken cancellationToken)
    {
        var idsThen = seen.Kind == GrainKind.Merchant ? RebuildPortion.ReadRecentIds(seen.Live) : null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(RetryDelay, time, cancellationToken);
            }

            if (await TryOnceAsync(seen, idsThen, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> TryOnceAsync(StateRebuild seen, HashSet<Guid>? idsThen, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var reader = new RebuildReader(connection, transaction);
        await reader.LockAsync(seen.Kind, [seen.Key], cancellationToken);

        // From here on the state stands still, and each statement sees at least the rows that belong to it.
        var portion = await RebuildPortion.ReadAsync(reader, seen.Kind, [seen.Key], topic, cancellationToken);
        var inFlight = idsThen is null ? null : portion.ReadRecentIds(seen.Key);
        inFlight?.ExceptWith(idsThen!);
        StateRebuild? rebuilt = null;
        await foreach (var one in portion.RebuildAsync(cancellationToken, row => inFlight?.Remove(row.Transaction.TransactionId)))
        {
            rebuilt = one;
        }

        if (rebuilt is null || !IsWhole(rebuilt, seen, inFlight))
        {
            return false;
        }

        return rebuilt.Compare().Count == 0 || await WriteAsync(connection, transaction, rebuilt, cancellationToken);
    }

    // The grain itself counted what it folded since the state was seen. When the rows and what only the live window remembers yet make up
    // that number, nothing is missing.
    private static bool IsWhole(StateRebuild rebuilt, StateRebuild seen, HashSet<Guid>? inFlight)
    {
        if (rebuilt.IsSettled || rebuilt is not MerchantRebuild merchant)
        {
            return true;
        }

        if (seen.Live is not { } then || merchant.Live is not { } live || inFlight is null
            || seen.Sequence + live.Sequence - then.Sequence != merchant.Sequence + inFlight.Count)
        {
            return false;
        }

        merchant.AddInFlight(inFlight);
        return true;
    }

    private async Task<bool> WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, StateRebuild rebuilt, CancellationToken cancellationToken)
    {
        // A state that is missing gets a version that no activation can have in memory.
        var commit = rebuilt.ToCommit(time.GetUtcNow().ToUnixTimeMilliseconds());
        List<CommitWork> works = [new CommitWork(commit)];
        var written = await StateWriter.WriteAsync(connection, transaction, works, cancellationToken);
        if (written.Count == 0)
        {
            return false;
        }

        await JournalWriter.WriteAsync(connection, transaction, works, cancellationToken);
        if (commit.Kind == GrainKind.Merchant)
        {
            await MerchantImport.NoteAsync(connection, transaction, [commit.Key], commit.ExpectedVersion + 1, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
