using Npgsql;

namespace Levee.Storage;

/// <summary>The commits that share one PostgreSQL transaction.</summary>
internal sealed class CommitBatch(NpgsqlDataSource source, List<CommitWork> works)
{
    private const string TransactionsOnce = "transactions_once";
    private const string PredictionsKey = "predictions_pkey";

    /// <summary>Commits everything that can be committed and answers every work. Throws only what trying again may mend.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        while (works.Count > 0)
        {
            try
            {
                if (await TryCommitAsync(cancellationToken))
                {
                    return;
                }
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                if (exception.ConstraintName == TransactionsOnce)
                {
                    await AnswerDuplicatesAsync(cancellationToken);
                }
                else if (exception.ConstraintName == PredictionsKey)
                {
                    await DropLoggedPredictionsAsync(cancellationToken);
                }
                else
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Answers the works whose commit was done although its answer got lost with the connection.</summary>
    public async Task AnswerDoneAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            SELECT commit_id FROM customer_state WHERE customer_id = ANY ($1)
            UNION ALL SELECT commit_id FROM merchant_state WHERE merchant_id = ANY ($2)
            """);
        command.Parameters.AddAll(
            [new NpgsqlParameter<long[]> { TypedValue = Keys(GrainKind.Customer) }, new NpgsqlParameter<long[]> { TypedValue = Keys(GrainKind.Merchant) }]);
        var done = new HashSet<Guid>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                done.Add(reader.GetGuid(0));
            }
        }

        foreach (var work in works.Where(work => done.Contains(work.Id)))
        {
            work.Succeed();
        }

        works.RemoveAll(work => done.Contains(work.Id));
    }

    // False when some work turned out to be in conflict after its state had been written: everything was rolled back, that work is
    // answered, and the rest is to be tried again.
    private async Task<bool> TryCommitAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var written = await StateWriter.WriteAsync(connection, transaction, works, cancellationToken);
        var winners = works.Where(work => written.Contains(work.Key)).ToList();

        var unmarked = await StateWriter.MarkLabelsAsync(connection, transaction, winners, cancellationToken);
        if (unmarked.Count > 0)
        {
            await transaction.RollbackAsync(cancellationToken);
            unmarked.ForEach(work => work.Conflict());
            works.RemoveAll(unmarked.Contains);
            return false;
        }

        await WriteRowsAsync(connection, winners, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        foreach (var work in works)
        {
            if (written.Contains(work.Key))
            {
                work.Succeed();
            }
            else
            {
                work.Conflict();
            }
        }

        works.Clear();
        return true;
    }

    private static async Task WriteRowsAsync(NpgsqlConnection connection, List<CommitWork> winners, CancellationToken cancellationToken)
    {
        if (winners.Exists(work => work.Commit.Transactions.Count > 0))
        {
            await RowWriter.WriteTransactionsAsync(connection, winners.SelectMany(work => work.Commit.Transactions), cancellationToken);
        }

        if (winners.Exists(work => work.Commit.Minutes.Count > 0))
        {
            await RowWriter.WriteMinutesAsync(connection, winners.SelectMany(work => work.Commit.Minutes), cancellationToken);
        }

        if (winners.Exists(work => work.Commit.Predictions.Count > 0))
        {
            await RowWriter.WritePredictionsAsync(connection, winners.SelectMany(work => work.Commit.Predictions), cancellationToken);
        }
    }

    private async Task AnswerDuplicatesAsync(CancellationToken cancellationToken)
    {
        var rows = works.SelectMany(work => work.Commit.Transactions).ToArray();
        await using var command = source.CreateCommand(
            """
            SELECT t.transaction_id, t.customer_id, t.merchant_id, t.amount
            FROM transactions t JOIN unnest($1, $2) AS n (id, at) ON t.transaction_id = n.id AND t.event_time = n.at
            """);
        command.Parameters.AddAll(
        [
            new NpgsqlParameter<Guid[]> { TypedValue = [.. rows.Select(row => row.Transaction.TransactionId)] },
            new NpgsqlParameter<DateTime[]> { TypedValue = [.. rows.Select(row => RowWriter.Time(row.Transaction.EventTimeMicros))] },
        ]);
        var stored = new Dictionary<Guid, StoredTransaction>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var one = new StoredTransaction(reader.GetGuid(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetDecimal(3));
                stored[one.TransactionId] = one;
            }
        }

        foreach (var work in works.ToArray())
        {
            var duplicates = work.Commit.Transactions
                .Select(row => stored.GetValueOrDefault(row.Transaction.TransactionId))
                .OfType<StoredTransaction>()
                .ToArray();
            if (duplicates.Length > 0)
            {
                work.Done.TrySetResult(new CommitResult(CommitStatus.DuplicateTransactions, 0, duplicates));
                works.Remove(work);
            }
        }
    }

    private async Task DropLoggedPredictionsAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT prediction_id FROM predictions WHERE prediction_id = ANY ($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]>
        {
            TypedValue = [.. works.SelectMany(work => work.Commit.Predictions).Select(prediction => prediction.PredictionId)],
        });
        var logged = new HashSet<Guid>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                logged.Add(reader.GetGuid(0));
            }
        }

        works.ForEach(work => work.WithoutPredictions(logged));
    }

    private long[] Keys(GrainKind kind) => [.. works.Where(work => work.Commit.Kind == kind).Select(work => work.Commit.Key)];
}
