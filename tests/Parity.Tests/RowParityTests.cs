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
        Assert.All(mismatches, mismatch => Assert.Equal("merchant_state", mismatch.Source));
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
        await store.WriteAsync(FeatureList.Default.Hash, [Row(vector)], CancellationToken.None);
        Assert.Empty((await _world.CheckRowsAsync(200)).Mismatches);

        vector[0] = MathF.BitIncrement(vector[0]);
        await store.WriteAsync(FeatureList.Default.Hash, [Row(vector)], CancellationToken.None);

        var mismatch = Assert.Single((await _world.CheckRowsAsync(200)).Mismatches);
        Assert.Equal(("training_features", _world.Sent[0].TransactionId, "amount"), (mismatch.Source, mismatch.Id, mismatch.Feature));
    }
}
