using Levee.Features;
using Levee.Storage.Tests.Support;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Rebuild;

public sealed class StateRebuilderTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private RebuildWorld _world = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _world = await RebuildWorld.CreateAsync(_database, 1_500);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task What_grains_left_is_what_the_tables_give()
    {
        var (result, differences) = await _world.RebuildAsync();

        Assert.Empty(differences);
        Assert.Equal((38, 3_000, 0, 0, 0), (result.Keys, result.Transactions, result.Different, result.Applied, result.Unsettled));
        Assert.True(await _database.ScalarAsync<long>("SELECT count(*) FROM customer_state WHERE open_minute_end IS NOT NULL") > 0);
        Assert.True(await _database.ScalarAsync<long>("SELECT count(*) FROM transactions WHERE is_late") > 0);
    }

    [Fact]
    public async Task Planted_damage_is_reported_by_key_and_field_and_mended()
    {
        await _database.ExecuteAsync("UPDATE customer_state SET state = $1 WHERE customer_id = 3", _world.CustomerWithout(3, 5).Serialize());
        await _database.ExecuteAsync("UPDATE merchant_state SET state = $1 WHERE merchant_id = 2", _world.MerchantWithout(2, 9).Serialize());
        await _database.ExecuteAsync("UPDATE customer_state SET sequence = sequence + 1 WHERE customer_id = 8");
        await _database.ExecuteAsync("UPDATE merchant_state SET sequence = 1 WHERE merchant_id = 4");
        await _database.ExecuteAsync("UPDATE customer_state SET state = substring(state FROM 1 FOR 40) WHERE customer_id = 9");
        await _database.ExecuteAsync("DELETE FROM customer_state WHERE customer_id = 10");

        var (found, differences) = await _world.RebuildAsync();

        var lost = _world.Rows.Where(row => row.Transaction.CustomerId == 3).ElementAt(5);
        Assert.Contains(differences, d => d is { Kind: GrainKind.Customer, Key: 3, Live: "-" } && d.Field == $"event {lost.Transaction.TransactionId}");
        Assert.Contains(differences, d => d is { Kind: GrainKind.Merchant, Key: 2, Field: "sequence" });
        Assert.Contains(differences, d => d is { Kind: GrainKind.Merchant, Key: 2 } && d.Field.StartsWith("label ", StringComparison.Ordinal));
        Assert.Equal("column sequence", Assert.Single(differences, d => d is { Kind: GrainKind.Customer, Key: 8 }).Field);
        Assert.Equal(("column sequence", "1"), Assert.Single(differences, d => d is { Kind: GrainKind.Merchant, Key: 4 }) is var m ? (m.Field, m.Live) : default);
        Assert.Contains(differences, d => d is { Kind: GrainKind.Customer, Key: 9, Field: "state", Rebuilt: "readable" });
        Assert.Contains(differences, d => d is { Kind: GrainKind.Customer, Key: 10, Field: "state", Live: "-" });
        Assert.Equal((6, 0), (found.Different, found.Applied));

        var (applied, _) = await _world.RebuildAsync(apply: true);
        Assert.Equal((6, 6, 0), (applied.Different, applied.Applied, applied.Unsettled));
        Assert.Equal(2, await _database.ScalarAsync<long>("SELECT version FROM customer_state WHERE customer_id = 3"));
        Assert.Empty((await _world.RebuildAsync()).Differences);
    }

    [Fact]
    public async Task A_transaction_lost_from_the_table_is_reported_at_its_customer_and_its_merchant()
    {
        var gone = _world.Rows[700].Transaction;
        await _database.ExecuteAsync("DELETE FROM transactions WHERE transaction_id = $1", gone.TransactionId);

        var (result, differences) = await _world.RebuildAsync(apply: true);

        Assert.Equal((2, 2), (result.Different, result.Applied));
        Assert.Contains(differences, d => d.Kind == GrainKind.Customer && d.Key == gone.CustomerId && d.Field == $"event {gone.TransactionId}" && d.Rebuilt == "-");
        Assert.Contains(differences, d => d.Kind == GrainKind.Merchant && d.Key == gone.MerchantId && d.Field == "sequence");
        Assert.Empty((await _world.RebuildAsync()).Differences);
    }

    [Fact]
    public async Task Only_the_keys_asked_for_are_looked_at()
    {
        await _database.ExecuteAsync("UPDATE customer_state SET sequence = sequence + 1 WHERE customer_id IN (8, 9)");

        var (result, differences) = await _world.RebuildAsync(change: request => request with { Customers = [9, 11], Merchants = [] });

        Assert.Equal(2, result.Keys);
        Assert.Equal(9, Assert.Single(differences).Key);
    }

    /// <summary>The topic was created anew with fewer partitions, and the customer has come in one of those since.</summary>
    [Fact]
    public async Task A_partition_that_the_customer_has_retired_does_not_come_back()
    {
        await _database.ExecuteAsync(
            """
            UPDATE transactions SET (epoch, kafka_partition, kafka_offset) =
                (SELECT CASE WHEN customer_sequence < 40 THEN 1 ELSE 2 END, CASE WHEN customer_sequence < 40 THEN 7 ELSE 1 END, customer_sequence)
            WHERE customer_id = 3
            """);
        await _database.ExecuteAsync(
            """
            UPDATE customer_state SET offsets = jsonb_build_object('1', jsonb_build_array(2, sequence, 500)), kafka_partition = 1 WHERE customer_id = 3
            """);
        Assert.True(_world.Rows.Count(row => row.Transaction.CustomerId == 3) > 40);

        var (_, differences) = await _world.RebuildAsync(change: request => request with { Customers = [3], Merchants = [] });
        Assert.Empty(differences);

        // What is mended keeps to it as well.
        await _database.ExecuteAsync("UPDATE customer_state SET state = $1 WHERE customer_id = 3", _world.CustomerWithout(3, 5).Serialize());
        await _world.RebuildAsync(apply: true, change: request => request with { Customers = [3], Merchants = [] });
        Assert.Equal(1, await _database.ScalarAsync<int>("SELECT kafka_partition FROM customer_state WHERE customer_id = 3"));
        Assert.Empty((await _world.RebuildAsync(change: request => request with { Customers = [3], Merchants = [] })).Differences);
    }

    [Fact]
    public async Task A_grain_that_holds_the_old_state_is_refused_after_the_swap()
    {
        await _database.ExecuteAsync("UPDATE customer_state SET state = $1 WHERE customer_id = 3", _world.CustomerWithout(3, 5).Serialize());
        await using var committer = Committer(_database.Source);
        var late = Commit(3, expectedVersion: 2) with { State = StateChange.Delta([9]) };

        // The grain has a journal by now, and commits again after the swap with the version that it knows.
        var next = Transaction(customer: 3, atMicros: Noon + UnixMicros.PerHour);
        var live = _world.CustomerWithout(3, 5);
        using var delta = new CustomerDelta();
        delta.Add(next, live.Fold(next, long.MinValue).IsLate);
        var sequence = await _database.ScalarAsync<long>("SELECT sequence FROM customer_state WHERE customer_id = 3") + 1;
        var commit = Commit(3, expectedVersion: 1, transactions: new TransactionRow(next, false, null, null, null, sequence)) with
        {
            State = StateChange.Delta(delta.ToArray(live)),
            Sequence = sequence,
            Offsets = "{}",
        };
        Assert.Equal(CommitStatus.Committed, (await committer.CommitAsync(commit, CancellationToken.None)).Status);

        var (result, _) = await _world.RebuildAsync(apply: true, change: OnlyThat);

        Assert.Equal(1, result.Applied);
        Assert.Equal(CommitStatus.VersionConflict, (await committer.CommitAsync(late, CancellationToken.None)).Status);
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM customer_journal WHERE customer_id = 3"));
        Assert.Empty((await _world.RebuildAsync(change: OnlyThat)).Differences);

        static RebuildRequest OnlyThat(RebuildRequest request) => request with { Customers = [3], Merchants = [] };
    }
}
