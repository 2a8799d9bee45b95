using Levee.Features;
using Levee.Storage.Tests.Support;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Labels;

public sealed class LabelStoreTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private LabelStore _labels = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _labels = new LabelStore(_database.Source);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_label_is_stored_once_and_a_correction_is_a_row_of_its_own()
    {
        var id = Guid.NewGuid();

        Assert.Equal(2, await AddAsync(Label(id, true, Noon), Label(id, true, Noon), Label(id, false, Noon + 1)));
        Assert.Equal(1, await AddAsync(Label(id, false, Noon), Label(id, true, Noon, "customer")));
        Assert.Equal(0, await AddAsync());

        Assert.Equal([true, true, false], await _database.ColumnAsync<bool>("SELECT is_fraud FROM labels ORDER BY observed_at, source"));
    }

    [Fact]
    public async Task Many_that_add_the_same_labels_at_once_store_each_once()
    {
        var labels = Enumerable.Range(0, 200).Select(i => Label(Guid.NewGuid(), true, Noon + i)).ToArray();

        var added = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() =>
            AddAsync(i % 2 == 0 ? labels : [.. labels.Reverse()]))));

        Assert.Equal(200, added.Sum());
    }

    [Fact]
    public async Task A_label_waits_for_its_transaction_and_comes_with_the_whole_history()
    {
        var transaction = Transaction(merchant: 7, isFraud: true);
        var id = transaction.TransactionId;
        await AddAsync(Label(id, false, Noon + 5), Label(id, true, Noon + 9), Label(Guid.NewGuid(), true, Noon));
        Assert.Empty(await _labels.ReadMerchantsWithPendingAsync(10, CancellationToken.None));

        await StoreAsync(transaction);
        Assert.Equal([7], await _labels.ReadMerchantsWithPendingAsync(10, CancellationToken.None));
        await _database.ExecuteAsync("UPDATE labels SET merchant_sequence = 1 WHERE NOT is_fraud");
        var pending = await _labels.ReadPendingAsync(7, 10, CancellationToken.None);

        var history = Assert.Single(pending.Histories);
        Assert.Equal((id, Noon), (history.TransactionId, history.EventTimeMicros));
        Assert.Equal([new LabelObservation(true, Noon), new LabelObservation(false, Noon + 5), new LabelObservation(true, Noon + 9)], history.Observations);
        Assert.Equal(new LabelKey(id, UnixMicros.ToDateTimeOffset(Noon + 9).UtcDateTime, "bank"), Assert.Single(pending.Labels));
    }

    [Fact]
    public async Task A_merchant_gets_its_own_labels_up_to_the_limit_of_transactions()
    {
        var mine = Enumerable.Range(0, 5).Select(i => Transaction(merchant: 1, atMicros: Noon + i)).ToArray();
        var other = Transaction(merchant: 2);
        await StoreAsync([.. mine, other]);
        await AddAsync([.. mine.SelectMany(one => new[] { Label(one.TransactionId, true, Noon), Label(one.TransactionId, false, Noon + 1) }), Label(other.TransactionId, true, Noon)]);

        var pending = await _labels.ReadPendingAsync(1, 3, CancellationToken.None);

        Assert.Equal((3, 6), (pending.Histories.Count, pending.Labels.Count));
        Assert.DoesNotContain(pending.Labels, label => label.TransactionId == other.TransactionId);
    }

    [Fact]
    public async Task A_label_of_an_id_that_two_transactions_carry_goes_to_the_first_and_can_be_folded()
    {
        var first = Transaction(merchant: 1);
        var second = first with { MerchantId = 2, EventTimeMicros = Noon + (60 * UnixMicros.PerDay) };
        await StoreAsync(second, first);
        await AddAsync(Label(first.TransactionId, true, Noon + 1));

        Assert.Equal([1], await _labels.ReadMerchantsWithPendingAsync(10, CancellationToken.None));
        Assert.Empty((await _labels.ReadPendingAsync(2, 10, CancellationToken.None)).Labels);
        var pending = await _labels.ReadPendingAsync(1, 10, CancellationToken.None);
        await using var committer = Committer(_database.Source);
        var result = await committer.CommitAsync(Commit(1, 0, GrainKind.Merchant) with { AppliedLabels = pending.Labels }, CancellationToken.None);

        Assert.Equal(CommitStatus.Committed, result.Status);
        Assert.Empty(await _labels.ReadMerchantsWithPendingAsync(10, CancellationToken.None));
    }

    private Task<int> AddAsync(params LabelRow[] labels) => _labels.AddAsync(labels, CancellationToken.None);

    private Task StoreAsync(params Transaction[] transactions) =>
        new HistoryLoader(_database.Source).LoadAsync([.. transactions.Select(one => Row(one))], [], [], [], [], CancellationToken.None);
}
