using Levee.Features;
using Levee.Storage;

namespace Levee.Parity.Tests;

public sealed class PredictionParityTests : IAsyncLifetime
{
    private LiveWorld _world = null!;

    public async Task InitializeAsync() => _world = await LiveWorld.CreateAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Every_logged_vector_is_what_rows_and_labels_give()
    {
        await _world.LiveAsync(350);

        var (result, mismatches) = await _world.CheckAsync();

        Assert.Empty(mismatches);
        Assert.Equal((457, 0), (result.Compared, result.Different));
        Assert.Equal((0, 0, 0, 0), (result.Degraded, result.Incomplete, result.OtherFeatures, result.Unlogged));

        // Merchants had something to say, and labels too.
        Assert.NotEqual(0, await _world.ExecuteAsync("UPDATE predictions SET latency_ms = 2 WHERE features[30] > 0 AND features[34] > 0"));
    }

    [Fact]
    public async Task One_cent_more_in_a_stored_row_is_found()
    {
        await _world.LiveAsync(150);
        var changed = _world.Sent[60];
        await _world.ExecuteAsync($"UPDATE transactions SET base_amount = base_amount + 0.01 WHERE transaction_id = '{changed.TransactionId}'");

        var (result, mismatches) = await _world.CheckAsync();

        Assert.InRange(result.Different, 2, result.Compared - 1);
        Assert.Contains(mismatches, mismatch => mismatch.Feature == "amount");
        var amount = mismatches.First(mismatch => mismatch.Feature == "amount");
        Assert.Equal("prediction", amount.Source);
        Assert.Equal((float)(changed.BaseCents / 100.0), amount.Logged);
        Assert.Equal((float)((changed.BaseCents + 1) / 100.0), amount.Recomputed);
        Assert.Contains(mismatches, mismatch => mismatch.Feature == "customer_avg_amount_30d");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_label_that_is_moved_by_a_day_is_found(int days)
    {
        await _world.LiveAsync(250);
        Assert.Empty((await _world.CheckAsync()).Mismatches);

        // One that was fraud and known after ten days, so that the day decides who knew it.
        await _world.ExecuteAsync(
            $"""
            UPDATE labels SET observed_at = observed_at + interval '{days} day' WHERE transaction_id = (
                SELECT transaction_id FROM labels JOIN transactions t USING (transaction_id)
                WHERE labels.is_fraud AND t.is_fraud IS NULL AND observed_at > t.event_time + interval '9 days' ORDER BY t.event_time LIMIT 1)
            """);

        var (result, mismatches) = await _world.CheckAsync();
        Assert.InRange(result.Different, 1, result.Compared - 1);
        Assert.Single(mismatches, mismatch => (mismatch.Source, mismatch.Feature) == ("labels", "digest"));
        var ofVectors = mismatches.FindAll(mismatch => mismatch.Source == "prediction");
        Assert.Equal(mismatches.Count - 1, ofVectors.Count);
        Assert.NotEmpty(ofVectors);
        Assert.All(ofVectors, mismatch => Assert.StartsWith("merchant_fraud_rate", mismatch.Feature, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_label_that_came_after_the_prediction_changes_nothing_for_it()
    {
        await _world.LiveAsync(150);
        var old = _world.Sent[10];
        await _world.LabelAsync(old, isFraud: true, old.EventTimeMicros + UnixMicros.PerDay, fold: true);

        Assert.Empty((await _world.CheckAsync()).Mismatches);
    }

    [Fact]
    public async Task A_transaction_that_is_gone_is_found()
    {
        await _world.LiveAsync(60);
        await _world.ExecuteAsync($"DELETE FROM transactions WHERE transaction_id = '{_world.Sent[40].TransactionId}'");

        var (result, mismatches) = await _world.CheckAsync();
        Assert.NotEqual(0, result.Different);
        Assert.Contains(mismatches, mismatch => mismatch.Feature == "transaction");
    }

    [Fact]
    public async Task What_cannot_be_compared_is_counted_and_left()
    {
        await _world.LiveAsync(60);
        await _world.ExecuteAsync("UPDATE predictions SET degraded = true, features[1] = 0 WHERE transaction_id IN (SELECT transaction_id FROM transactions WHERE kafka_partition = 0 AND kafka_offset = 3)");
        await _world.ExecuteAsync("UPDATE predictions SET feature_hash = 'older', features[1] = 0 WHERE transaction_id IN (SELECT transaction_id FROM transactions WHERE kafka_partition = 0 AND kafka_offset = 4)");
        await _world.ExecuteAsync("UPDATE predictions SET merchant_offsets = NULL, features[1] = 0 WHERE transaction_id IN (SELECT transaction_id FROM transactions WHERE kafka_partition = 1 AND kafka_offset = 5)");
        var all = (await _world.CheckAsync()).Result;
        Assert.Equal(0, all.Different);
        Assert.True(all is { Degraded: > 0, OtherFeatures: > 0, Unlogged: > 0, Incomplete: 0 });

        // The merchant is ahead: what it folded is complete nowhere yet.
        await _world.ExecuteAsync("UPDATE stream_checkpoints SET next_offset = next_offset - 3");
        var behind = (await _world.CheckAsync()).Result;
        Assert.Equal(0, behind.Different);
        Assert.NotEqual(0, behind.Incomplete);
        Assert.Equal(all.Compared, behind.Compared + behind.Incomplete);
    }

    [Fact]
    public async Task History_that_is_imported_between_predictions_counts_for_the_later_ones_only()
    {
        await _world.LiveAsync(120);
        var history = Enumerable.Range(0, 300).Select(i => LiveWorld.Make(
            10_000 + i, 1 + (i % 8), 1 + (i % 4), LiveWorld.Start - (20 * UnixMicros.PerDay) + (i * 2 * UnixMicros.PerHour), 100 + i, i % 6 == 0)).ToArray();
        var imported = await new HistoryImporter(_world.Source, TimeProvider.System).RunAsync(
            "history",
            history.Select((transaction, i) => new ImportRow(0, i + 1, transaction)),
            new ImportOptions { MaxRowsAtOnce = 100 },
            _ => { },
            _ => { },
            CancellationToken.None);
        Assert.Equal((300, 0), (imported.Added, imported.Undecided));
        Assert.Empty((await _world.CheckAsync()).Mismatches);

        await _world.ReloadAsync();
        await _world.LiveAsync(120, first: 120);

        var (result, mismatches) = await _world.CheckAsync();
        Assert.Empty(mismatches);
        Assert.True(result.Compared > 300);
    }

    [Fact]
    public async Task Only_predictions_from_the_given_time_on_are_looked_at()
    {
        await _world.LiveAsync(40);
        var parity = new PredictionParity(_world.Source, FeatureList.Default, CurrencyTable.Default, new ParityOptions(), _ => { });

        var later = await parity.RunAsync(UnixMicros.ToDateTimeOffset(LiveWorld.Start + (2 * UnixMicros.PerDay)), _ => { }, CancellationToken.None);

        Assert.InRange(later.Compared, 1, (await _world.CheckAsync()).Result.Compared - 1);
    }
}
