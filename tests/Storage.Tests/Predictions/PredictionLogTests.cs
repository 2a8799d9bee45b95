using Levee.Storage.Tests.Support;
using Levee.Testing;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Predictions;

// One after the other: what is dropped is counted for the whole process.
[Collection(nameof(PredictionLog))]
public sealed class PredictionLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_queued_is_logged_when_the_log_is_disposed_of()
    {
        await using var database = await TestDatabase.CreateAsync();
        var rows = Enumerable.Range(0, 12_000).Select(_ => Prediction()).ToArray();
        await using (var log = Log(database.Source, _folder))
        {
            Assert.All(rows, row => Assert.True(log.TryWrite(row)));
        }

        // On a busy machine some may be on the disk, for the next process.
        await using var next = Log(database.Source, _folder);
        await Eventually.HoldsAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM predictions") == rows.Length);
        Assert.Equal(
            rows.Select(row => row.PredictionId).Order(),
            (await database.ColumnAsync<Guid>("SELECT prediction_id FROM predictions")).Order());
    }

    [Fact]
    public async Task Every_column_is_stored_as_given()
    {
        await using var database = await TestDatabase.CreateAsync();
        var row = Prediction(transactionId: Guid.NewGuid(), probability: 0.75, request: """{"a": "b"}""", served: false, degraded: true);
        await using (var log = Log(database.Source, _folder))
        {
            log.TryWrite(row);
        }

        Assert.Equal(
            $$"""{{row.PredictionId}}|{{row.TransactionId}}|1|1|2026-03-01 12:00:00+00|2026-03-01 12:00:00.000001+00|{"a": "b"}|0.75|t|v1|{1,NaN,-2.5}|hash|3|4|t|0.5|f""",
            await database.ScalarAsync<string>(
                """
                SELECT concat_ws('|', prediction_id, transaction_id, customer_id, merchant_id, event_time, scored_at, request, fraud_probability, is_fraud,
                    model_version, features, feature_hash, customer_sequence, merchant_sequence, degraded, latency_ms, served) FROM predictions
                """));
    }

    [Fact]
    public async Task What_nobody_asked_has_no_request()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var log = Log(database.Source, _folder))
        {
            log.TryWrite(Prediction(served: false) with { Request = null });
        }

        Assert.Equal(
            (1, 0),
            (await database.ScalarAsync<long>("SELECT count(*) FROM predictions"), await database.ScalarAsync<long>("SELECT count(request) FROM predictions")));
    }

    [Fact]
    public async Task An_id_that_comes_twice_is_logged_once_and_harms_nobody()
    {
        await using var database = await TestDatabase.CreateAsync();
        var twice = Prediction(probability: 0.1);
        await using (var log = Log(database.Source, _folder))
        {
            log.TryWrite(twice);
        }

        await using (var log = Log(database.Source, _folder))
        {
            log.TryWrite(Prediction());
            log.TryWrite(twice with { FraudProbability = 0.9 });
            log.TryWrite(twice);
            log.TryWrite(Prediction());
        }

        Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM predictions"));
        Assert.Equal(0.1, await database.ScalarAsync<double>("SELECT fraud_probability FROM predictions WHERE prediction_id = $1", twice.PredictionId));
    }

    [Fact]
    public async Task A_row_that_postgresql_refuses_is_dropped_alone()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var log = Log(database.Source, _folder))
        {
            for (var i = 0; i < 100; i++)
            {
                log.TryWrite(i == 37 ? Prediction(request: """{"device_type":"\u0000"}""") : Prediction());
            }
        }

        Assert.Equal(99, await database.ScalarAsync<long>("SELECT count(*) FROM predictions"));
    }
}
