using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Imports history: the rows, the 1-minute rows, and the states that the grains would have after them. Importing the same again changes
/// nothing, and an import that was killed is completed by the next. Silos may run meanwhile: states are replaced under their version check.
/// </summary>
/// <remarks>
/// A customer's imported rows follow those that it has, in the order of (event time, file, row): as if they had arrived now. Memory is bounded
/// by <see cref="ImportOptions.MaxRowsAtOnce"/> and the largest customer, for each worker.
/// </remarks>
public sealed class HistoryImporter(NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>Imports rows.</summary>
    /// <param name="what">For the table <c>imports</c>: the files.</param>
    /// <param name="rows">The rows, in the order of the files. Read once.</param>
    /// <param name="options">How.</param>
    /// <param name="onRejected">Receives each row that is not imported.</param>
    /// <param name="onProgress">Called now and then, from several threads.</param>
    /// <param name="cancellationToken">Stops; what is stored stays and another import completes it.</param>
    /// <exception cref="ImportException">Another import is under way, or live traffic does not let this one through.</exception>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<ImportResult> RunAsync(
        string what,
        IEnumerable<ImportRow> rows,
        ImportOptions options,
        Action<ImportRejection> onRejected,
        Action<ImportProgress> onProgress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        await using var hold = await ExclusiveLock.TryHoldAsync(source, ExclusiveWork.Import, cancellationToken)
            ?? throw new ImportException("Another import is under way in this database.");
        return await new Run(source, time, options, onProgress).DoAsync(what, rows, onRejected, cancellationToken);
    }

    private sealed class Run(NpgsqlDataSource source, TimeProvider time, ImportOptions options, Action<ImportProgress> onProgress)
    {
        private readonly ImportTable _table = new(source);
        private readonly MerchantImport _merchants = new(source, time, options);

        public async Task<ImportResult> DoAsync(
            string what, IEnumerable<ImportRow> rows, Action<ImportRejection> onRejected, CancellationToken cancellationToken)
        {
            var started = time.GetUtcNow();
            var read = await _table.FillAsync(rows, done => onProgress(new ImportProgress(ImportStep.Reading, done, 0)), cancellationToken);
            var (known, rejected) = await _table.WeedAsync(onRejected, cancellationToken);
            var added = read - known - rejected;
            var customers = 0L;
            int? number = null;
            if (added > 0)
            {
                await _table.OrderAsync(cancellationToken);
                number = await BeginAsync(what, started, cancellationToken);
                await _merchants.AnnounceAsync(number.Value, cancellationToken);
                customers = await ImportCustomersAsync(number.Value, added, cancellationToken);

                // What comes next reads many of them at once, which is planned from what is known of the tables.
                await ExecuteAsync("ANALYZE transactions, labels, features, customer_state", cancellationToken);
            }

            await _table.DropAsync(cancellationToken);
            var pending = await _merchants.ReadPendingAsync(cancellationToken);
            await ImportMerchantsAsync(pending, cancellationToken);
            if (added > 0)
            {
                await ExecuteAsync("ANALYZE merchant_state", cancellationToken);
            }

            var undecided = pending.Length == 0 ? 0 : (await _merchants.ReadPendingAsync(cancellationToken)).Length;
            if (number is not null && undecided == 0)
            {
                await EndAsync(number.Value, added, cancellationToken);
            }

            return new ImportResult
            {
                Read = read,
                Added = added,
                Known = known,
                Rejected = rejected,
                Customers = customers,
                Merchants = pending.Length - undecided,
                Undecided = undecided,
            };
        }

        private async Task<long> ImportCustomersAsync(int number, long total, CancellationToken cancellationToken)
        {
            var import = new CustomerImport(source, number, options.Topic);
            var (customers, rows) = (0L, 0L);
            await Parallel.ForEachAsync(
                _table.ReadPortionsAsync(options.MaxRowsAtOnce, cancellationToken),
                Parallelism(cancellationToken),
                async (portion, stop) =>
                {
                    var done = await import.RunAsync(portion, stop);
                    Interlocked.Add(ref customers, done.Customers);
                    onProgress(new ImportProgress(ImportStep.Customers, Interlocked.Add(ref rows, done.Rows), total));
                });
            return customers;
        }

        private async Task ImportMerchantsAsync(long[] pending, CancellationToken cancellationToken)
        {
            var done = 0L;
            await Parallel.ForEachAsync(
                pending.Chunk(options.MaxMerchantsAtOnce),
                Parallelism(cancellationToken),
                async (merchants, stop) =>
                {
                    await _merchants.RunAsync(merchants, stop);
                    onProgress(new ImportProgress(ImportStep.Merchants, Interlocked.Add(ref done, merchants.Length), pending.Length));
                });
        }

        private ParallelOptions Parallelism(CancellationToken cancellationToken) =>
            new() { MaxDegreeOfParallelism = options.Workers, CancellationToken = cancellationToken };

        private async Task<int> BeginAsync(string what, DateTimeOffset started, CancellationToken cancellationToken)
        {
            await using var command = source.CreateCommand("INSERT INTO imports (what, started_at) VALUES ($1, $2) RETURNING import_number");
            command.Parameters.AddAll(
                [new NpgsqlParameter<string> { TypedValue = what }, new NpgsqlParameter<DateTime> { TypedValue = started.UtcDateTime }]);
            return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        private async Task EndAsync(int number, long added, CancellationToken cancellationToken)
        {
            await using var command = source.CreateCommand("UPDATE imports SET finished_at = $2, added = $3 WHERE import_number = $1");
            command.Parameters.AddAll(
            [
                new NpgsqlParameter<int> { TypedValue = number },
                new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime },
                new NpgsqlParameter<long> { TypedValue = added },
            ]);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
        {
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
