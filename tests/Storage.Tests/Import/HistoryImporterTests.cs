using Levee.Features;
using Levee.Storage.Tests.Rebuild;
using Levee.Storage.Tests.Support;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Import;

public sealed class HistoryImporterTests : IAsyncLifetime
{
    private readonly List<ImportRejection> _rejections = [];
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task History_in_any_order_leaves_what_the_grains_would_have_left()
    {
        var history = History(2_000);
        var shuffled = history.ToArray();
        new Random(3).Shuffle(shuffled);

        var result = await ImportAsync(shuffled);

        Assert.Equal((2_000, 2_000, 0, 0), (result.Read, result.Added, result.Known, result.Rejected));
        Assert.Equal((40, 12, 0), (result.Customers, result.Merchants, result.Undecided));
        Assert.Empty(await DifferencesAsync());
        Assert.Equal(2_000, await _database.ScalarAsync<long>("SELECT sum(transaction_count) FROM features"));
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM transactions WHERE is_late OR epoch IS NOT NULL"));
        var customer = history[0].CustomerId;
        var expected = new CustomerWindow(customer);
        var minutes = new List<MinuteFeatures>();
        foreach (var transaction in history.Where(t => t.CustomerId == customer))
        {
            expected.Fold(transaction, transaction.EventTimeMicros - UnixMicros.PerMinute);
        }

        expected.CloseMinutes(UnixMicros.Floor(expected.NewestEventMicros, UnixMicros.PerMinute) + UnixMicros.PerMinute, minutes);
        var stored = await new GrainStateStore(_database.Source).ReadAsync(GrainKind.Customer, customer, CancellationToken.None);
        Assert.Equal(expected.Serialize(), stored!.Snapshot);
        Assert.Equal(minutes.Count, await _database.ScalarAsync<long>("SELECT count(*) FROM features WHERE customer_id = $1", customer));
        Assert.Equal(
            history.Where(t => t.CustomerId == customer).Select(t => t.TransactionId),
            await _database.ColumnAsync<Guid>("SELECT transaction_id FROM transactions WHERE customer_id = $1 ORDER BY customer_sequence", customer));
    }

    [Fact]
    public async Task At_the_same_time_the_row_that_comes_first_is_first()
    {
        var same = Enumerable.Range(1, 20).Select(n => Transaction(amount: n)).ToArray();

        await ImportAsync(same);

        Assert.Equal(
            same.Select(t => t.Amount),
            await _database.ColumnAsync<decimal>("SELECT amount FROM transactions ORDER BY customer_sequence"));
    }

    [Fact]
    public async Task The_same_again_changes_nothing()
    {
        var history = History(500);
        await ImportAsync(history);
        var before = await FingerprintAsync();

        var result = await ImportAsync(history);

        Assert.Equal((500, 0, 500, 0), (result.Read, result.Added, result.Known, result.Rejected));
        Assert.Equal((0, 0), (result.Customers, result.Merchants));
        Assert.Equal(before, await FingerprintAsync());
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM imports WHERE finished_at IS NOT NULL AND added = 500"));
    }

    [Fact]
    public async Task Rows_that_claim_a_known_id_are_reported_and_the_first_one_counts()
    {
        var first = Transaction(amount: 10);
        var stored = Transaction(customer: 2, amount: 20);
        await ImportAsync([stored]);

        var result = await ImportAsync(
            [first, first, first with { Amount = 11, BaseCents = 1_100 }, stored, stored with { MerchantId = 9, TransactionId = stored.TransactionId }]);

        Assert.Equal((5, 1, 1, 3), (result.Read, result.Added, result.Known, result.Rejected));
        Assert.Equal([2, 3, 5], _rejections.Select(rejection => rejection.Row).Order());
        Assert.All(_rejections, rejection => Assert.Equal("transaction_id", rejection.Field));
        Assert.Equal(10, await _database.ScalarAsync<decimal>("SELECT amount FROM transactions WHERE transaction_id = $1", first.TransactionId));
        var conflict = await ImportAsync([stored with { Amount = 21, BaseCents = 2_100 }]);
        Assert.Equal((0, 0, 1), (conflict.Added, conflict.Known, conflict.Rejected));
        Assert.Contains("stored already", _rejections[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_live_traffic_stores_meanwhile_is_left_to_it()
    {
        var history = History(300);
        var live = history[150];

        // After the import has looked for what is stored, and before it stores customers.
        await _database.ExecuteAsync(
            $"""
            CREATE FUNCTION arrive() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                INSERT INTO transactions (transaction_id, customer_id, merchant_id, amount, currency, base_amount, event_time, is_late, customer_sequence)
                VALUES ('{live.TransactionId}', {live.CustomerId}, {live.MerchantId}, {live.Amount}, 'EUR', {live.BaseCents} / 100.0,
                    timestamptz 'epoch' + {live.EventTimeMicros} * interval '1 microsecond', false, 1);
                RETURN NULL;
            END $body$;
            CREATE TRIGGER arrives AFTER INSERT ON imports FOR EACH ROW EXECUTE FUNCTION arrive();
            """);

        await ImportAsync(history);

        Assert.Equal(300, await _database.ScalarAsync<long>("SELECT count(*) FROM transactions"));
        Assert.Equal(299, await _database.ScalarAsync<long>("SELECT count(*) FROM transactions WHERE import_number IS NOT NULL"));
        Assert.Equal(
            history.Count(t => t.CustomerId == live.CustomerId),
            await _database.ScalarAsync<long>("SELECT sequence FROM customer_state WHERE customer_id = $1", live.CustomerId));
    }

    [Fact]
    public async Task What_a_stored_row_says_otherwise_of_its_label_country_device_or_card_is_reported()
    {
        var stored = Transaction(amount: 20) with { IsFraud = false, Country = "DE", DeviceType = "web", CardLast4 = "1234" };
        await ImportAsync([stored]);

        var silent = await ImportAsync([stored with { IsFraud = null, Country = null, DeviceType = null, CardLast4 = null }]);
        Assert.Equal((1, 0), (silent.Known, silent.Rejected));
        foreach (var other in (Transaction[])
            [stored with { IsFraud = true }, stored with { Country = "FR" }, stored with { DeviceType = "pos" }, stored with { CardLast4 = "4321" }])
        {
            var result = await ImportAsync([other]);
            Assert.Equal((0, 0, 1), (result.Added, result.Known, result.Rejected));
            Assert.Contains("label, country, device or card", _rejections[^1].Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task History_older_than_what_is_there_makes_right_states_and_leaves_the_rows_alone()
    {
        var world = await RebuildWorld.CreateAsync(_database, 900);
        var minutes = await _database.ScalarAsync<long>("SELECT count(*) FROM features");
        Assert.Empty(await DifferencesAsync());

        // A week before, and some in the middle of what is there: a part of those in minutes that have their row.
        var older = Enumerable.Range(0, 400).Select(i => Transaction(
            customer: 1 + (i % 45), merchant: 1 + (i % 11), amount: 1 + i, isFraud: i % 7 == 0, atMicros: i % 4 == 0
                ? world.Rows[i].Transaction.EventTimeMicros
                : Noon - (7 * UnixMicros.PerDay) + (i * 30 * UnixMicros.PerSecond))).ToArray();
        var result = await ImportAsync(older);

        Assert.Equal((400, 45, 11), (result.Added, result.Customers, result.Merchants));
        Assert.Empty(await DifferencesAsync());
        Assert.True(await _database.ScalarAsync<long>("SELECT count(*) FROM features") > minutes);
        foreach (var row in world.Rows)
        {
            Assert.Equal(row.CustomerSequence, await _database.ScalarAsync<long>(
                "SELECT customer_sequence FROM transactions WHERE transaction_id = $1", row.Transaction.TransactionId));
        }

        // No minute was counted twice, and whatever is not late is in a row or in an open minute.
        Assert.Equal(0, await _database.ScalarAsync<long>(
            """
            SELECT count(*) FROM features f WHERE transaction_count <> (
                SELECT count(*) FROM transactions t
                WHERE t.customer_id = f.customer_id AND NOT t.is_late AND t.event_time >= f.window_start AND t.event_time < f.window_end)
            """));
        Assert.Equal(45, await _database.ScalarAsync<long>("SELECT count(DISTINCT customer_id) FROM customer_state"));
    }

    [Fact]
    public async Task A_grain_with_an_older_state_in_memory_is_refused_and_reads_the_new_one()
    {
        await using var committer = Committer(_database.Source);
        var window = new CustomerWindow(1);
        var live = Transaction(merchant: 3);
        window.Fold(live, long.MinValue);
        await committer.CommitAsync(LiveCommit(window, 0, live), CancellationToken.None);

        await ImportAsync([Transaction(merchant: 3, atMicros: Noon - UnixMicros.PerDay), Transaction(merchant: 3, atMicros: Noon - UnixMicros.PerHour)]);
        var next = Transaction(merchant: 3, atMicros: Noon + UnixMicros.PerHour);
        window.Fold(next, long.MinValue);
        Assert.Equal(CommitStatus.VersionConflict, (await committer.CommitAsync(LiveCommit(window, 1, next), CancellationToken.None)).Status);

        var stored = (await new GrainStateStore(_database.Source).ReadAsync(GrainKind.Customer, 1, CancellationToken.None))!;
        var read = CustomerWindow.Deserialize(stored.Snapshot);
        Assert.Equal(3, read.Sequence);
        read.Fold(next, long.MinValue);
        Assert.Equal(
            CommitStatus.Committed, (await committer.CommitAsync(LiveCommit(read, stored.Version, next), CancellationToken.None)).Status);
        Assert.Equal([1, 2, 3, 4], await _database.ColumnAsync<long>("SELECT customer_sequence FROM transactions ORDER BY 1"));
    }

    [Theory]
    [InlineData(ImportStep.Customers)]
    [InlineData(ImportStep.Merchants)]
    public async Task An_import_that_was_ended_half_way_is_completed_by_the_next(ImportStep step)
    {
        var history = History(1_500);
        using var end = new CancellationTokenSource();

        // One worker, for with several the last portion may be done before the end has reached all of them.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ImportAsync(
            history,
            progress =>
            {
                if (progress.Step == step)
                {
                    end.Cancel();
                }
            },
            workers: 1,
            end.Token));
        var stored = await _database.ScalarAsync<long>("SELECT count(*) FROM transactions");
        Assert.True(stored > 0);
        Assert.NotEqual(0, await _database.ScalarAsync<long>("SELECT count(*) FROM merchant_imports WHERE version IS NULL"));

        var result = await ImportAsync(history);

        Assert.Equal((1_500, 1_500 - stored, stored), (result.Read, result.Added, result.Known));
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM merchant_imports WHERE version IS NULL"));
        Assert.Empty(await DifferencesAsync());
        Assert.Equal(1_500, await _database.ScalarAsync<long>("SELECT sum(transaction_count) FROM features"));
    }

    [Fact]
    public async Task Two_imports_at_once_are_refused()
    {
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var first = Task.Run(() => ImportAsync(History(10).Select(transaction =>
        {
            begun.Set();
            go.Wait();
            return transaction;
        })));
        begun.Wait();

        var refused = await Assert.ThrowsAsync<ImportException>(() => ImportAsync(History(10)));
        go.Set();
        await first;

        Assert.Contains("under way", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_keeps_nobody_from_registering_and_promoting_models()
    {
        var registry = new ModelRegistry(_database.Source);
        var model = new NewModelVersion
        {
            RunId = Guid.NewGuid(),
            Kind = "first",
            FeatureHash = "hash",
            Artifact = [1],
            Metrics = new Dictionary<string, double>(),
            Parameters = new Dictionary<string, string>(),
            Files = [],
        };
        var versions = new List<string>();

        await Task.Run(() => ImportAsync(History(3).Select((transaction, index) =>
        {
            if (index == 1)
            {
                versions.Add(registry.RegisterAsync(model, ModelStage.Production, "tester", "a test", CancellationToken.None).Result);
            }

            return transaction;
        })));

        Assert.Equal(["v1"], versions);
    }

    private static GrainCommit LiveCommit(CustomerWindow window, long version, Transaction added) =>
        Commit(window.CustomerId, version, transactions: Row(added, window.Sequence, window.Sequence)) with
        {
            State = StateChange.Snapshot(window.Serialize()),
            Sequence = window.Sequence,
            Offsets = $$"""{"0":[1,{{window.Sequence}},0]}""",
        };

    // Forty customers at twelve merchants, in time order, some at the same second.
    private static Transaction[] History(int count)
    {
        var random = new Random(11);
        return
        [
            .. Enumerable.Range(0, count).Select(i => Transaction(
                id: new Guid(i + 1, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8),
                customer: 1 + (i % 40),
                merchant: 1 + random.Next(12),
                amount: random.Next(1, 99_999) / 100m,
                atMicros: Noon + (i / 3 * 90 * UnixMicros.PerSecond),
                isFraud: random.Next(20) == 0)),
        ];
    }

    private Task<ImportResult> ImportAsync(
        IEnumerable<Transaction> transactions,
        Action<ImportProgress>? onProgress = null,
        int? workers = null,
        CancellationToken cancellationToken = default) =>
        new HistoryImporter(_database.Source, TimeProvider.System).RunAsync(
            "test",
            transactions.Select((transaction, index) => new ImportRow(0, index + 1, transaction)),
            new ImportOptions { MaxRowsAtOnce = 200, MaxMerchantsAtOnce = 5, Workers = workers ?? new ImportOptions().Workers },
            _rejections.Add,
            onProgress ?? (_ => { }),
            cancellationToken);

    private async Task<List<StateDifference>> DifferencesAsync()
    {
        var differences = new List<StateDifference>();
        await new StateRebuilder(_database.Source, TimeProvider.System).RunAsync(new RebuildRequest(), differences.Add, null, CancellationToken.None);
        return differences;
    }

    private Task<string> FingerprintAsync() => _database.ScalarAsync<string>(
        """
        SELECT concat_ws(' ',
            (SELECT sum(xmin::text::bigint) FROM transactions), (SELECT sum(xmin::text::bigint) FROM features),
            (SELECT sum(xmin::text::bigint) FROM customer_state), (SELECT sum(xmin::text::bigint) FROM merchant_state),
            (SELECT sum(xmin::text::bigint) FROM merchant_imports), (SELECT count(*) FROM imports))
        """);
}
