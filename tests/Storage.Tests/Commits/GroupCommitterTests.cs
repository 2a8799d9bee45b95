using Levee.Features;
using Levee.Storage.Tests.Support;
using Npgsql;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Commits;

public sealed class GroupCommitterTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private GroupCommitter _committer = null!;
    private GrainStateStore _states = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _committer = Committer(_database.Source);
        _states = new GrainStateStore(_database.Source);
    }

    public async Task DisposeAsync()
    {
        await _committer.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task All_of_a_grain_is_stored_as_given()
    {
        var transaction = Transaction(customer: 5, merchant: 6, amount: 1234.56m, atMicros: Noon + 123_456, isFraud: true) with
        {
            Currency = "USD",
            BaseCents = 113_580,
            CardLast4 = "0042",
            Country = "DE",
            DeviceType = "mobile",
        };
        var prediction = Prediction(transactionId: transaction.TransactionId);
        var result = await CommitAsync(Commit(5, state: [9, 8, 7], transactions: new TransactionRow(transaction, true, 3, 4, 5, 6)) with
        {
            Sequence = 6,
            OpenMinuteEndMicros = Noon + UnixMicros.PerMinute,
            Partition = 4,
            Minutes = [Minute(5, std: 1.5), Minute(5, Noon - UnixMicros.PerMinute)],
            Predictions = [prediction],
        });

        Assert.Equal((CommitStatus.Committed, 1), (result.Status, result.NewVersion));
        Assert.Equal(
            $"{transaction.TransactionId}|5|6|1234.56|USD|1135.80|2026-03-01 12:00:00.123456+00|0042|t|DE|mobile|t|3|4|5|6",
            await _database.ScalarAsync<string>(
                """
                SELECT concat_ws('|', transaction_id, customer_id, merchant_id, amount, currency, base_amount, event_time, card_last_4, is_fraud,
                    country, device_type, is_late, epoch, kafka_partition, kafka_offset, customer_sequence) FROM transactions
                """));
        Assert.Equal(
            ["2026-03-01 11:59:00+00|2026-03-01 12:00:00+00|1|10.5|12.75|0|none", "2026-03-01 12:00:00+00|2026-03-01 12:01:00+00|2|10.5|12.75|0|1.5"],
            await _database.ColumnAsync<string>(
                """
                SELECT concat_ws('|', window_start, window_end, transaction_count, avg_amount, max_amount, fraud_count, coalesce(amount_std::text, 'none'))
                FROM features ORDER BY window_start
                """));
        Assert.Equal(prediction.Features, await _database.ScalarAsync<float[]>("SELECT features FROM predictions"));
        Assert.Equal(
            "6|4|2026-03-01 12:01:00+00",
            await _database.ScalarAsync<string>("SELECT concat_ws('|', sequence, kafka_partition, open_minute_end) FROM customer_state"));
        var stored = await _states.ReadAsync(GrainKind.Customer, 5, CancellationToken.None);
        Assert.Equal([9, 8, 7], stored!.Snapshot);
        Assert.Equal((1, """{"1/0": 7}"""), (stored.Version, stored.Offsets));
        Assert.Null(await _states.ReadAsync(GrainKind.Merchant, 5, CancellationToken.None));
    }

    [Fact]
    public async Task A_version_that_is_not_the_rows_changes_nothing()
    {
        await CommitAsync(Commit(1, state: [1]));

        var again = await CommitAsync(Commit(1, 0, state: [2], transactions: Row(Transaction())));
        var ahead = await CommitAsync(Commit(1, 2, state: [3], transactions: Row(Transaction())));
        var next = await CommitAsync(Commit(1, 1, state: [4]));

        Assert.Equal(CommitStatus.VersionConflict, again.Status);
        Assert.Equal(CommitStatus.VersionConflict, ahead.Status);
        Assert.Equal((CommitStatus.Committed, 2), (next.Status, next.NewVersion));
        Assert.Equal([4], (await _states.ReadAsync(GrainKind.Customer, 1, CancellationToken.None))!.Snapshot);
        Assert.Equal(0, await CountAsync("transactions"));
    }

    [Theory]
    [InlineData(GrainKind.Customer)]
    [InlineData(GrainKind.Merchant)]
    public async Task A_state_that_should_be_there_and_is_not_is_a_conflict(GrainKind kind)
    {
        var (lost, other) = await BothAsync(Commit(1, 3, kind), Commit(2, 0, kind));

        Assert.Equal(CommitStatus.VersionConflict, lost.Status);
        Assert.Equal(CommitStatus.Committed, other.Status);
        Assert.Null(await _states.ReadAsync(kind, 1, CancellationToken.None));
    }

    [Fact]
    public async Task The_partition_stays_when_none_is_given_and_the_open_minute_does_not()
    {
        await CommitAsync(Commit(1) with { Partition = 7, OpenMinuteEndMicros = Noon });
        await CommitAsync(Commit(1, 1) with { Partition = null, OpenMinuteEndMicros = null });

        Assert.Equal("7|closed", await _database.ScalarAsync<string>("SELECT concat_ws('|', kafka_partition, coalesce(open_minute_end::text, 'closed')) FROM customer_state"));
    }

    [Fact]
    public async Task A_stored_transaction_is_named_and_the_other_grains_commit()
    {
        var stored = Transaction(customer: 1, merchant: 3, amount: 5.5m);
        await CommitAsync(Commit(1, transactions: Row(stored)));

        var (duplicate, other) = await BothAsync(
            Commit(2, transactions: [Row(Transaction(customer: 2)), Row(stored with { CustomerId = 2, Amount = 7 }, 2)]),
            Commit(3, transactions: Row(Transaction(customer: 3))));

        Assert.Equal(CommitStatus.DuplicateTransactions, duplicate.Status);
        Assert.Equal(new StoredTransaction(stored.TransactionId, 1, 3, 5.5m), Assert.Single(duplicate.Duplicates));
        Assert.Equal(CommitStatus.Committed, other.Status);
        Assert.Null(await _states.ReadAsync(GrainKind.Customer, 2, CancellationToken.None));
        Assert.Equal(2, await CountAsync("transactions"));
    }

    [Fact]
    public async Task Two_grains_with_one_transaction_id_at_once_leave_one_row()
    {
        var transaction = Transaction();
        var results = await Task.WhenAll(Enumerable.Range(1, 20)
            .Select(customer => CommitAsync(Commit(customer, transactions: Row(transaction with { CustomerId = customer })))));

        Assert.Single(results, result => result.Status == CommitStatus.Committed);
        Assert.Equal(19, results.Count(result => result.Status == CommitStatus.DuplicateTransactions));
        Assert.Equal(1, await CountAsync("transactions"));
        Assert.Equal(1, await CountAsync("customer_state"));
    }

    [Fact]
    public async Task A_work_that_names_a_transaction_twice_fails_alone()
    {
        var twice = Transaction();
        var bad = CommitAsync(Commit(1, transactions: [Row(twice), Row(twice, 2)]));
        var good = CommitAsync(Commit(2, transactions: Row(Transaction(customer: 2))));

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => bad);
        Assert.Equal(PostgresErrorCodes.UniqueViolation, refusal.SqlState);
        Assert.Equal(CommitStatus.Committed, (await good).Status);
    }

    [Fact]
    public async Task A_work_that_postgresql_refuses_fails_alone()
    {
        var bad = CommitAsync(Commit(1) with { Offsets = "not json" });
        var good = Enumerable.Range(2, 20).Select(key => CommitAsync(Commit(key))).ToArray();

        await Assert.ThrowsAsync<PostgresException>(() => bad);
        Assert.All(await Task.WhenAll(good), result => Assert.Equal(CommitStatus.Committed, result.Status));
    }

    [Fact]
    public async Task A_minute_is_written_once()
    {
        await CommitAsync(Commit(1) with { Minutes = [Minute(1)] });

        await Assert.ThrowsAsync<PostgresException>(() => CommitAsync(Commit(1, 1) with { Minutes = [Minute(1)] }));

        Assert.Equal(1, (await _states.ReadAsync(GrainKind.Customer, 1, CancellationToken.None))!.Version);
    }

    [Fact]
    public async Task A_prediction_that_is_logged_already_stays_as_it_is()
    {
        var logged = Prediction(probability: 0.1);
        var twice = Prediction();
        await CommitAsync(Commit(1) with { Predictions = [logged] });

        var (first, second) = await BothAsync(
            Commit(1, 1) with { Predictions = [logged with { FraudProbability = 0.9 }, Prediction()] },
            Commit(2) with { Predictions = [twice, twice] });

        Assert.Equal((CommitStatus.Committed, CommitStatus.Committed), (first.Status, second.Status));
        Assert.Equal(3, await CountAsync("predictions"));
        Assert.Equal(0.1, await _database.ScalarAsync<double>("SELECT fraud_probability FROM predictions WHERE prediction_id = $1", logged.PredictionId));
    }

    [Fact]
    public async Task Labels_are_folded_once()
    {
        var transaction = Transaction(merchant: 9);
        await CommitAsync(Commit(1, transactions: Row(transaction)));
        var labels = new LabelStore(_database.Source);
        await labels.AddAsync([Label(transaction.TransactionId, true, Noon + 1)], CancellationToken.None);
        var pending = await labels.ReadPendingAsync(9, 10, CancellationToken.None);

        var (first, other) = await BothAsync(
            Commit(9, 0, GrainKind.Merchant) with { AppliedLabels = pending.Labels, Sequence = 42 },
            Commit(8, 0, GrainKind.Merchant));
        var (second, another) = await BothAsync(
            Commit(9, 1, GrainKind.Merchant) with { AppliedLabels = pending.Labels },
            Commit(8, 1, GrainKind.Merchant));

        Assert.Equal((CommitStatus.Committed, CommitStatus.Committed), (first.Status, other.Status));
        Assert.Equal((CommitStatus.VersionConflict, CommitStatus.Committed), (second.Status, another.Status));
        Assert.Equal(42, await _database.ScalarAsync<long>("SELECT merchant_sequence FROM labels"));
        Assert.Equal(1, (await _states.ReadAsync(GrainKind.Merchant, 9, CancellationToken.None))!.Version);
    }

    [Fact]
    public async Task Commits_of_one_grain_that_overlap_are_never_lost()
    {
        // Whoever is beaten takes the winner's version and tries again.
        async Task AddOneAsync()
        {
            while (true)
            {
                var stored = await _states.ReadAsync(GrainKind.Merchant, 1, CancellationToken.None);
                var next = (byte)((stored?.Snapshot[0] ?? 0) + 1);
                var result = await CommitAsync(Commit(1, stored?.Version ?? 0, GrainKind.Merchant, [next]));
                if (result.Status == CommitStatus.Committed)
                {
                    return;
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => AddOneAsync()));

        var final = await _states.ReadAsync(GrainKind.Merchant, 1, CancellationToken.None);
        Assert.Equal(40, final!.Snapshot[0]);
        Assert.Equal(40, final.Version);
    }

    [Fact]
    public async Task A_committer_that_stops_commits_what_is_queued_and_takes_no_more()
    {
        var committer = Committer(_database.Source);
        var queued = Enumerable.Range(1, 50).Select(key => committer.CommitAsync(Commit(key), CancellationToken.None)).ToArray();

        await committer.DisposeAsync();

        Assert.All(await Task.WhenAll(queued), result => Assert.Equal(CommitStatus.Committed, result.Status));
        await Assert.ThrowsAnyAsync<Exception>(() => committer.CommitAsync(Commit(51), CancellationToken.None));
    }

    private Task<CommitResult> CommitAsync(GrainCommit commit) => _committer.CommitAsync(commit, CancellationToken.None);

    // Started together, so that they share a transaction.
    private async Task<(CommitResult First, CommitResult Second)> BothAsync(GrainCommit first, GrainCommit second)
    {
        var results = await Task.WhenAll(CommitAsync(first), CommitAsync(second));
        return (results[0], results[1]);
    }

    private Task<long> CountAsync(string table) => _database.ScalarAsync<long>($"SELECT count(*) FROM {table}");
}
