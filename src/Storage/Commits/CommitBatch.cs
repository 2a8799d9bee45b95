using Npgsql;

namespace Levee.Storage;

/// <summary>The commits that share one PostgreSQL transaction.</summary>
internal sealed class CommitBatch(NpgsqlDataSource source, WriterConnection writer, List<CommitWork> works)
{
    private const string TransactionsOnce = "transactions_once";
    private const string PredictionsKey = "predictions_pkey";

    /// <summary>Commits everything that can be committed and answers every work.</summary>
    /// <exception cref="NpgsqlException">Trying again may mend it, or PostgreSQL refuses one of the works; nothing was written.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        while (works.Count > 0)
        {
            try
            {
                await TryCommitOnceAsync(cancellationToken);
            }
            catch (PostgresException exception) when (exception is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: TransactionsOnce })
            {
                if (!await AnswerDuplicatesAsync(cancellationToken))
                {
                    throw;
                }
            }
            catch (PostgresException exception) when (exception is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: PredictionsKey })
            {
                if (!await DropLoggedPredictionsAsync(cancellationToken))
                {
                    throw;
                }
            }
        }
    }

    private async Task TryCommitOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TryCommitAsync(await writer.OpenAsync(cancellationToken), cancellationToken);
        }
        catch
        {
            await writer.DropAsync();
            throw;
        }
    }

    // Leaves those works that turned out to be in the way of the others unwritten: they are answered, everything is rolled back, and the
    // rest is to be tried again.
    private async Task TryCommitAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var written = await StateWriter.WriteAsync(connection, transaction, works, cancellationToken);
        var winners = works.FindAll(work => written.ContainsKey(work.Key));
        var losers = works.FindAll(work => !written.ContainsKey(work.Key));

        var conflicts = winners.FindAll(work => written[work.Key] && work.Commit.ExpectedVersion != 0);
        conflicts.AddRange(await StateWriter.MarkLabelsAsync(connection, transaction, winners, cancellationToken));
        if (conflicts.Count > 0)
        {
            await transaction.RollbackAsync(cancellationToken);
            conflicts.ForEach(work => work.Conflict());
            works.RemoveAll(conflicts.Contains);
            return;
        }

        await JournalWriter.WriteAsync(connection, transaction, winners, cancellationToken);
        await WriteRowsAsync(connection, winners, cancellationToken);
        var done = await ReadDoneAsync(connection, transaction, losers.FindAll(work => work.MayBeDone), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        winners.ForEach(work => work.Succeed());
        foreach (var work in losers)
        {
            if (done.Contains(work.Id))
            {
                work.Succeed();
            }
            else
            {
                work.Conflict();
            }
        }

        works.Clear();
    }

    // Which works an earlier attempt made durable although its answer got lost with the connection. Asked after the upsert, which waits
    // for that attempt's transaction to end if the server still has it under way.
    private static async Task<HashSet<Guid>> ReadDoneAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<CommitWork> asked, CancellationToken cancellationToken)
    {
        var done = new HashSet<Guid>();
        if (asked.Count == 0)
        {
            return done;
        }

        await using var command = new NpgsqlCommand(
            """
            SELECT commit_id FROM customer_state WHERE customer_id = ANY ($1)
            UNION ALL SELECT commit_id FROM merchant_state WHERE merchant_id = ANY ($2)
            """,
            connection,
            transaction);
        command.Parameters.AddAll(
            [new NpgsqlParameter<long[]> { TypedValue = Keys(asked, GrainKind.Customer) }, new NpgsqlParameter<long[]> { TypedValue = Keys(asked, GrainKind.Merchant) }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            done.Add(reader.GetGuid(0));
        }

        return done;
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

    // False when none is stored: then the works themselves name one twice.
    private async Task<bool> AnswerDuplicatesAsync(CancellationToken cancellationToken)
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

        var before = works.Count;
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

        return works.Count < before;
    }

    // Leaves out the predictions that are logged already and those that come twice. False when there are none.
    private async Task<bool> DropLoggedPredictionsAsync(CancellationToken cancellationToken)
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

        var before = works.Sum(work => work.Commit.Predictions.Count);
        works.ForEach(work => work.WithoutPredictions(logged));
        return works.Sum(work => work.Commit.Predictions.Count) < before;
    }

    private static long[] Keys(List<CommitWork> works, GrainKind kind) => [.. works.Where(work => work.Commit.Kind == kind).Select(work => work.Commit.Key)];
}
