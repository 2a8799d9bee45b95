using System.Text.Json;
using Dapper;
using Levee.Integration.Harness;
using Levee.Simulation;

namespace Levee.Integration;

/// <summary>Fraud that changes its pattern is noticed, learnt and served; fraud that does not is left alone.</summary>
[Collection(SystemCollection.Name)]
public sealed class DriftTests(SystemFixture system)
{
    private const int StreamedDays = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task Shifted_fraud_ends_with_v2_served_on_two_silos()
    {
        using var run = await system.NewRunAsync();
        await using var first = run.StartSilo(SmallHistory.EndingDaysAgo(StreamedDays));
        await first.WaitAsync();
        await using var second = run.StartSilo(SmallHistory.EndingDaysAgo(StreamedDays));
        await second.WaitAsync();
        await StreamAsync(run, first, shifted: true);

        var outcome = await RetrainAsync(second);

        Assert.True(outcome.GetProperty("outcome").GetString() == "promoted", outcome.GetRawText() + first.Process.Output + second.Process.Output);
        Assert.True(
            outcome.GetProperty("current_auc").GetDouble() < 0.95 * outcome.GetProperty("baseline_auc").GetDouble(), outcome.GetRawText());
        Assert.True(
            outcome.GetProperty("candidate_auc").GetDouble() > outcome.GetProperty("production_auc").GetDouble(), outcome.GetRawText());
        foreach (var silo in new[] { first, second })
        {
            var answer = await silo.PostJsonAsync("/predict", new { customer_id = 1, merchant_id = 1, amount = 12.50 });
            Assert.Equal("v2", answer.GetProperty("model_version").GetString());
        }

        await using var connection = await run.OpenAsync();
        Assert.Equal(
            ["v1:None>Production", "v2:None>Staging", "v1:Production>Archived", "v2:Staging>Production"],
            await connection.QueryAsync<string>("SELECT version || ':' || from_stage || '>' || to_stage FROM stage_transitions ORDER BY id"));
    }

    [Fact]
    public async Task Without_a_shift_nothing_is_retrained()
    {
        using var run = await system.NewRunAsync();
        await using var silo = run.StartSilo(SmallHistory.EndingDaysAgo(StreamedDays));
        await silo.WaitAsync();
        await StreamAsync(run, silo, shifted: false);

        var outcome = await RetrainAsync(silo);

        Assert.True(outcome.GetProperty("outcome").GetString() == "no_drift", outcome.GetRawText());
        var drift = await silo.GetJsonAsync("/drift");
        Assert.Equal(outcome.GetProperty("current_auc").GetDouble(), drift.GetProperty("current_auc").GetDouble(), 6);
        Assert.InRange(drift.GetProperty("current_auc_low").GetDouble(), 0.5, drift.GetProperty("current_auc").GetDouble());
        Assert.False(drift.GetProperty("drifted").GetBoolean());
        Assert.InRange(drift.GetProperty("features").GetProperty("amount").GetDouble(), 0, 0.5);
        await using var connection = await run.OpenAsync();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM model_versions"));
    }

    // The thirty days after the history, over Kafka like any others: scored as they arrive, labelled when their labels were observed.
    private static async Task StreamAsync(StreamRun run, SiloUnderTest silo, bool shifted)
    {
        var now = TimeProvider.System.GetUtcNow();
        var start = now.AddDays(-StreamedDays);
        var counts = await new KafkaSimulator(
            new SimulationOptions
            {
                Seed = SmallHistory.Seed,
                Customers = SmallHistory.Customers,
                Merchants = SmallHistory.Merchants,
                Start = start,
                Days = StreamedDays - 1,
                ShiftFrom = shifted ? start : null,
                LabelDelayMax = TimeSpan.FromDays(6),
            },
            new KafkaSimulatorOptions { BootstrapServers = run.BootstrapServers }).ReplayAsync(perSecond: null, CancellationToken.None);
        var transactions = counts.Transactions;
        await using var connection = await run.OpenAsync();
        await Until.HoldsAsync(
            () => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM transactions WHERE epoch IS NOT NULL"),
            rows => rows >= transactions,
            Patience,
            "Everything is durable",
            () => silo.Process.Output);
        await Until.HoldsAsync(
            () => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM labels WHERE source = 'simulator' AND merchant_sequence IS NULL"),
            pending => pending == 0,
            Patience,
            "Every label is folded",
            () => silo.Process.Output);
    }

    private static async Task<JsonElement> RetrainAsync(SiloUnderTest silo)
    {
        await silo.PostJsonAsync("/retrain", new { force = false });
        return await Until.HoldsAsync(
            () => silo.GetJsonAsync("/retrain"),
            status => status.TryGetProperty("outcome", out var outcome) && outcome.ValueKind == JsonValueKind.String,
            Patience,
            "The run ends",
            () => silo.Process.Output);
    }
}
