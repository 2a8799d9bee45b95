using Levee.Features;
using Levee.Storage.Tests.Support;
using Npgsql;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.History;

public sealed class HistoryTests
{
    [Fact]
    public async Task Of_two_transactions_with_one_id_the_first_has_the_label_and_the_place_among_materialised_vectors()
    {
        await using var database = await TestDatabase.CreateAsync();
        var first = Transaction(customer: 2, atMicros: Noon);
        var second = first with { CustomerId = 1, EventTimeMicros = Noon + 5 };
        await new HistoryLoader(database.Source).LoadAsync(
            [Row(second, 1), Row(first, 1)], [], [Label(first.TransactionId, true, Noon + 1)], [], [], CancellationToken.None);
        var reader = new TransactionReader(database.Source);

        Assert.Equal(2, await reader.CountAsync(Noon, Noon + 5, CancellationToken.None));
        Assert.Equal(1, await reader.CountAsync(Noon, Noon + 4, CancellationToken.None));
        var all = await reader.ReadAsync(Noon, Noon + 9, CancellationToken.None);
        Assert.Equal([first, second], all.Transactions);
        Assert.Equal(Noon, Assert.Single(all.Labels).Value.EventTimeMicros);

        TrainingVector Vector(Transaction one, float value) => new(one.TransactionId, one.EventTimeMicros, one.CustomerId, false, [value]);
        var store = new TrainingFeatureStore(database.Source);
        await store.WriteAsync("list", [Vector(second, 2), Vector(first, 1)], TimeProvider.System.GetUtcNow(), CancellationToken.None);
        await store.WriteAsync("list", [Vector(second, 4), Vector(first, 3)], TimeProvider.System.GetUtcNow(), CancellationToken.None);
        Assert.Equal([3f], await database.ColumnAsync<float>("SELECT unnest(features) FROM training_features"));
    }

    [Fact]
    public async Task What_was_loaded_is_read_back_in_order_with_its_labels()
    {
        await using var database = await TestDatabase.CreateAsync();
        var first = Transaction(customer: 2, atMicros: Noon, amount: 0.01m) with { CardLast4 = "1234", Country = "FR", DeviceType = "web" };
        var second = Transaction(customer: 1, atMicros: Noon + 1, isFraud: true);
        var third = Transaction(customer: 1, atMicros: Noon + 1, amount: 9_999_999_999.99m);
        var last = Transaction(customer: 1, atMicros: Noon + 2);
        await new HistoryLoader(database.Source).LoadAsync(
            [Row(last, 3), Row(third, 2), Row(second, 1), Row(first, 1)],
            [Minute(1)],
            [Label(second.TransactionId, false, Noon + 2), Label(first.TransactionId, true, Noon + 3), Label(first.TransactionId, true, Noon + 1)],
            [new LoadedState(1, [1], 3), new LoadedState(2, [2], 1)],
            [new LoadedState(1, [3], 4)],
            CancellationToken.None);
        var reader = new TransactionReader(database.Source);

        Assert.Equal(4, await reader.CountAsync(CancellationToken.None));
        var all = await reader.ReadAsync(Noon, Noon + 3, CancellationToken.None);
        Assert.Equal([first, second, third, last], all.Transactions);
        Assert.Equal(2, all.Labels.Count);
        Assert.Equal([new LabelObservation(true, Noon + 1), new LabelObservation(true, Noon + 3)], all.Labels[first.TransactionId].Observations);
        Assert.Equal([new LabelObservation(true, Noon + 1), new LabelObservation(false, Noon + 2)], all.Labels[second.TransactionId].Observations);

        // What became known after the span is not in it.
        var span = await reader.ReadAsync(Noon, Noon + 1, CancellationToken.None);
        Assert.Equal([first, second, third], span.Transactions);
        Assert.Equal([new LabelObservation(true, Noon + 1)], span.Labels[first.TransactionId].Observations);
        Assert.Equal([new LabelObservation(true, Noon + 1)], span.Labels[second.TransactionId].Observations);

        var state = await new GrainStateStore(database.Source).ReadAsync(GrainKind.Customer, 2, CancellationToken.None);
        Assert.Equal([2], state!.Snapshot);
        Assert.Equal((1, "{}"), (state.Version, state.Offsets));
        Assert.Empty(await new LabelStore(database.Source).ReadMerchantsWithPendingAsync(10, CancellationToken.None));
    }

    [Fact]
    public async Task A_history_that_cannot_be_loaded_whole_is_not_loaded()
    {
        await using var database = await TestDatabase.CreateAsync();
        var twice = new LoadedState(1, [1], 1);

        await Assert.ThrowsAsync<PostgresException>(() =>
            new HistoryLoader(database.Source).LoadAsync([Row(Transaction())], [Minute(1)], [], [twice, twice], [], CancellationToken.None));

        Assert.Equal(0, await new TransactionReader(database.Source).CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_large_history_is_loaded_whole()
    {
        await using var database = await TestDatabase.CreateAsync();
        var transactions = Enumerable.Range(0, 20_000)
            .Select(i => Row(Transaction(customer: 1 + (i % 1_000), merchant: 1 + (i % 500), atMicros: Noon + (i * 34L * UnixMicros.PerSecond)), 1 + (i / 1_000)))
            .ToArray();
        var minutes = transactions
            .Select(row => Minute(row.Transaction.CustomerId, UnixMicros.Floor(row.Transaction.EventTimeMicros, UnixMicros.PerMinute)))
            .ToArray();
        var labels = transactions.Take(1_500).Select(row => Label(row.Transaction.TransactionId, true, row.Transaction.EventTimeMicros + 1)).ToArray();
        var states = Enumerable.Range(1, 1_000).Select(key => new LoadedState(key, new byte[8_192], 20)).ToArray();

        await new HistoryLoader(database.Source).LoadAsync(transactions, minutes, labels, states, states[..500], CancellationToken.None);
        var read = await new TransactionReader(database.Source).ReadAsync(Noon, long.MaxValue / 1_000, CancellationToken.None);

        Assert.Equal(transactions.Select(row => row.Transaction), read.Transactions);
        Assert.Equal(1_500, read.Labels.Count);
        Assert.Equal(20_000, await database.ScalarAsync<long>("SELECT count(*) FROM features"));
        Assert.Equal(1_000, await database.ScalarAsync<long>("SELECT count(*) FROM customer_state"));
        Assert.Equal(500, await database.ScalarAsync<long>("SELECT count(*) FROM merchant_state"));
    }
}
