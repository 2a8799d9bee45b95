using Levee.Features;
using Levee.Storage;

namespace Levee.Parity.Tests;

public sealed class RowParityTests : IAsyncLifetime
{
    private LiveWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await LiveWorld.CreateAsync();
        await _world.LiveAsync(200);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Windows_states_and_oracle_agree()
    {
        var (result, mismatches) = await _world.CheckRowsAsync(120);

        Assert.Empty(mismatches);
        Assert.InRange(result.Compared, 120 + 6 + 3, 200);
    }

    [Fact]
    public async Task One_cent_more_in_a_stored_row_is_not_what_the_state_says()
    {
        await _world.ExecuteAsync($"UPDATE transactions SET base_amount = base_amount + 0.01 WHERE transaction_id = '{_world.Sent[190].TransactionId}'");

        var (result, mismatches) = await _world.CheckRowsAsync(200);

        Assert.NotEqual(0, result.Different);
        Assert.Single(mismatches, mismatch => mismatch.Feature == "digest");
        mismatches.RemoveAll(mismatch => mismatch.Feature == "digest");
        Assert.NotEmpty(mismatches);
        Assert.All(mismatches, mismatch => Assert.Equal("customer_state", mismatch.Source));
    }

    [Fact]
    public async Task A_label_that_is_moved_is_not_what_the_state_says()
    {
        // Fraud that was known by the time that the merchant is asked about, and now is not.
        await _world.ExecuteAsync(
            """
            UPDATE labels SET observed_at = observed_at + interval '60 days' WHERE transaction_id = (
                SELECT transaction_id FROM labels JOIN transactions t USING (transaction_id)
                WHERE labels.is_fraud AND t.is_fraud IS NULL AND merchant_sequence IS NOT NULL ORDER BY t.event_time DESC OFFSET 5 LIMIT 1)
            """);

        var (result, mismatches) = await _world.CheckRowsAsync(200);

        Assert.NotEqual(0, result.Different);
        Assert.Single(mismatches, mismatch => mismatch.Feature == "digest");
        mismatches.RemoveAll(mismatch => mismatch.Feature == "digest");
        Assert.NotEmpty(mismatches);
        Assert.All(mismatches, mismatch => Assert.Equal("merchant_state", mismatch.Source));
    }

    [Fact]
    public async Task A_row_of_any_age_that_was_changed_is_found()
    {
        (string Table, string Change)[] changes =
        [
            ("transactions", "base_amount = base_amount + 0.01"),
            ("transactions", "amount = amount - 0.01"),
            ("transactions", "is_fraud = NOT coalesce(is_fraud, false)"),
            ("transactions", "event_time = event_time + interval '1 microsecond'"),
            ("transactions", "device_type = ''"),
            ("labels", "observed_at = observed_at + interval '1 day'"),
            ("labels", "recorded_at = recorded_at - interval '1 day'"),
            ("labels", "is_fraud = NOT is_fraud"),
        ];
        await _world.ExecuteAsync("CREATE TABLE saved_transactions AS SELECT * FROM transactions");
        await _world.ExecuteAsync("CREATE TABLE saved_labels AS SELECT * FROM labels");
        foreach (var (table, change) in changes)
        {
            var oldest = table == "labels"
                ? "SELECT transaction_id FROM labels JOIN transactions t USING (transaction_id) ORDER BY t.event_time LIMIT 1"
                : "SELECT transaction_id FROM transactions ORDER BY event_time LIMIT 1";
            Assert.Equal(1, await _world.ExecuteAsync($"UPDATE {table} SET {change} WHERE transaction_id = ({oldest})"));

            var (ofRows, inRows) = await _world.CheckRowsAsync(20);
            var (ofPredictions, inPredictions) = await _world.CheckAsync();

            Assert.Single(inRows, mismatch => (mismatch.Source, mismatch.Feature) == (table, "digest"));
            Assert.Single(inPredictions, mismatch => (mismatch.Source, mismatch.Feature) == (table, "digest"));
            Assert.True(ofRows.Different > 0 && ofPredictions.Different > 0, change);
            await _world.ExecuteAsync($"DELETE FROM {table}");
            await _world.ExecuteAsync($"INSERT INTO {table} SELECT * FROM saved_{table}");
            Assert.Empty((await _world.CheckRowsAsync(20)).Mismatches);
        }
    }

    [Fact]
    public async Task Rows_from_before_digests_are_compared_by_their_vectors_only()
    {
        await _world.ExecuteAsync("UPDATE transactions SET digest = NULL");
        await _world.ExecuteAsync("UPDATE labels SET digest = NULL");

        Assert.Empty((await _world.CheckRowsAsync(200)).Mismatches);
    }

    [Fact]
    public async Task A_materialised_vector_that_changed_is_found()
    {
        var window = new CustomerWindow(_world.Sent[0].CustomerId);
        window.Fold(_world.Sent[0], long.MinValue);
        var vector = new float[FeatureList.Default.Count];
        FeatureList.Default.Compute(_world.Sent[0], window, default, vector);
        var store = new TrainingFeatureStore(_world.Source);
        TrainingVector Row(float[] features) => new(_world.Sent[0].TransactionId, _world.Sent[0].EventTimeMicros, window.CustomerId, false, features);
        await store.WriteAsync(FeatureList.Default.Hash, [Row(vector)], TimeProvider.System.GetUtcNow(), CancellationToken.None);
        Assert.Empty((await _world.CheckRowsAsync(200)).Mismatches);

        vector[0] = MathF.BitIncrement(vector[0]);
        await store.WriteAsync(FeatureList.Default.Hash, [Row(vector)], TimeProvider.System.GetUtcNow(), CancellationToken.None);

        var mismatch = Assert.Single((await _world.CheckRowsAsync(200)).Mismatches);
        Assert.Equal(("training_features", _world.Sent[0].TransactionId, "amount"), (mismatch.Source, mismatch.Id, mismatch.Feature));

        // What is stored later may change what would be computed now: such vectors show nothing.
        await _world.ExecuteAsync("UPDATE training_features SET materialized_at = (SELECT min(ingested_at) FROM transactions) - interval '1 hour'");
        Assert.Empty((await _world.CheckRowsAsync(200)).Mismatches);
    }
}
