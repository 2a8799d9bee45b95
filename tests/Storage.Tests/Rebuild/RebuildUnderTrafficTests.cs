using Levee.Features;
using Levee.Storage.Tests.Support;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Rebuild;

/// <summary>
/// A merchant commits apart from its customers: what it holds may have no row yet, and what has a row may not have reached it.
/// </summary>
public sealed class RebuildUnderTrafficTests : IAsyncLifetime
{
    private const long Merchant = 5;

    private TestDatabase _database = null!;
    private GroupCommitter _committer = null!;
    private RebuildWorld _world = null!;
    private MerchantWindow _live = null!;
    private long _version = 1;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _committer = Committer(_database.Source);
        _world = await RebuildWorld.CreateAsync(_database, 600);
        await new StreamCheckpointStore(_database.Source).ResolveEpochAsync("transactions", "log", 0, CancellationToken.None);
        await CheckpointAsync(0);
        _live = await ReadAsync();
    }

    public async Task DisposeAsync()
    {
        await _committer.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_merchant_ahead_of_its_customers_is_no_difference_once_they_have_caught_up()
    {
        var early = await FoldAsync(offset: 0, minute: 1);
        var rebuilding = _world.RebuildAsync(change: request => request with { Customers = [], Merchants = [Merchant] });
        await StoreAsync(early, 0);
        await CheckpointAsync(1);

        var (result, differences) = await rebuilding;
        Assert.Empty(differences);
        Assert.Equal((1, 0, 0), (result.Keys, result.Different, result.Unsettled));
    }

    [Fact]
    public async Task What_cannot_be_judged_in_time_is_said_and_not_replaced()
    {
        await FoldAsync(offset: 0, minute: 1);

        var (result, differences) = await _world.RebuildAsync(
            apply: true, change: request => request with { Customers = [], SettleTimeout = TimeSpan.FromMilliseconds(300) });

        Assert.Equal(("not judged", Merchant), (Assert.Single(differences).Field, differences[0].Key));
        Assert.Equal((0, 0, 1), (result.Different, result.Applied, result.Unsettled));
        Assert.Equal(2, await _database.ScalarAsync<long>("SELECT version FROM merchant_state WHERE merchant_id = $1", Merchant));
    }

    [Fact]
    public async Task A_row_that_has_not_reached_its_merchant_is_left_to_it_but_a_complete_one_is_missing()
    {
        var transaction = Transaction(customer: 77, merchant: Merchant, atMicros: Noon + UnixMicros.PerMinute);
        await StoreAsync(transaction, 0);
        Assert.Empty((await _world.RebuildAsync()).Differences);

        await CheckpointAsync(1);
        var (_, differences) = await _world.RebuildAsync(apply: true);
        Assert.Contains(differences, d => d is { Kind: GrainKind.Merchant, Key: Merchant, Field: "offsets", Live: "{}" });
        Assert.Contains(differences, d => d is { Kind: GrainKind.Merchant, Key: Merchant, Field: "sequence" });
        Assert.Empty((await _world.RebuildAsync()).Differences);
    }

    [Fact]
    public async Task A_swap_keeps_what_the_merchant_folded_meanwhile_although_its_row_is_not_there_yet()
    {
        var sequence = _live.Sequence;
        await _database.ExecuteAsync("UPDATE merchant_state SET state = $1 WHERE merchant_id = $2", _world.MerchantWithout(Merchant, 9).Serialize(), Merchant);
        _live = await ReadAsync();
        Transaction? meanwhile = null;

        // Between the comparison and the swap the grain commits once more, on the damaged state.
        var (result, _) = await _world.RebuildAsync(apply: true, difference =>
        {
            if (meanwhile is null && difference.Key == Merchant)
            {
                meanwhile = FoldAsync(offset: 0, minute: 600).GetAwaiter().GetResult();
            }
        });

        Assert.Equal((1, 1, 0), (result.Different, result.Applied, result.Unsettled));
        Assert.Equal(sequence + 1, (await ReadAsync()).Sequence);
        await StoreAsync(meanwhile!, 0);
        await CheckpointAsync(1);
        Assert.Empty((await _world.RebuildAsync()).Differences);
    }

    // The merchant's grain folds a record and commits it.
    private async Task<Transaction> FoldAsync(long offset, int minute)
    {
        var transaction = Transaction(customer: 77, merchant: Merchant, atMicros: Noon + (minute * UnixMicros.PerMinute), isFraud: true);
        using var delta = new MerchantDelta();
        Assert.Equal(FoldStatus.Folded, _live.Fold(transaction).Status);
        delta.Add(transaction);
        var stored = await _database.ScalarAsync<long>("SELECT sequence FROM merchant_state WHERE merchant_id = $1", Merchant);
        var result = await _committer.CommitAsync(
            Commit(Merchant, _version, GrainKind.Merchant) with
            {
                State = StateChange.Delta(delta.ToArray()),
                Sequence = stored + 1,
                Offsets = $$"""{"0":[1,{{offset}},0]}""",
            },
            CancellationToken.None);
        Assert.Equal(CommitStatus.Committed, result.Status);
        _version = result.NewVersion;
        return transaction;
    }

    // The customer's grain commits its row and state.
    private async Task StoreAsync(Transaction transaction, long offset)
    {
        var window = new CustomerWindow(transaction.CustomerId);
        var fold = window.Fold(transaction, long.MinValue);
        await _committer.CommitAsync(
            Commit(transaction.CustomerId, transactions: new TransactionRow(transaction, fold.IsLate, 1, 0, offset, fold.Sequence)) with
            {
                State = StateChange.Snapshot(window.Serialize()),
                Offsets = $$"""{"0":[1,{{offset}},0]}""",
                OpenMinuteEndMicros = window.OldestOpenMinuteEndMicros,
            },
            CancellationToken.None);
    }

    private Task CheckpointAsync(long nextOffset) =>
        new StreamCheckpointStore(_database.Source).WriteAsync([new("transactions", 1, 0, nextOffset, 0)], CancellationToken.None);

    private async Task<MerchantWindow> ReadAsync()
    {
        var stored = (await new GrainStateStore(_database.Source).ReadAsync(GrainKind.Merchant, Merchant, CancellationToken.None))!;
        var window = MerchantWindow.Deserialize(stored.Snapshot);
        foreach (var delta in stored.Deltas)
        {
            MerchantDelta.Replay(delta, window);
        }

        return window;
    }
}
