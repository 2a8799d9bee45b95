using System.Net;
using System.Text.Json;
using Dapper;
using Levee.Integration.Harness;

namespace Levee.Integration;

/// <summary>A database of one's own that holds transactions and no model: how the first one comes about.</summary>
[Collection(FaultsCollection.Name)]
public sealed class FirstModelTests(SystemFixture system)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Without_a_model_it_says_what_to_do_and_retraining_makes_the_first()
    {
        using var run = await system.NewRunAfterFirstStartAsync();
        await using var connection = await run.OpenAsync();

        // As replicas do: the record of what was live is append-only.
        await connection.ExecuteAsync("SET session_replication_role = replica; DELETE FROM stage_transitions; DELETE FROM model_versions; DELETE FROM runs");

        await using var silo = run.StartSilo();
        await silo.WaitAsync(ready: false);
        await AssertAsksForAModelAsync(await silo.Http.GetAsync("/health/ready"), "application/json");
        using var body = SiloUnderTest.Json("""{"customer_id":1,"merchant_id":1,"amount":5}""");
        await AssertAsksForAModelAsync(await silo.Http.PostAsync("/predict", body), "application/problem+json");

        await silo.PostJsonAsync("/retrain", new { force = true });
        var status = await EndOfRunAsync(silo);

        Assert.True(status.GetProperty("outcome").GetString() == "promoted", status.GetRawText() + silo.Process.Output);
        Assert.InRange(status.GetProperty("candidate_auc").GetDouble(), 0.5, 1);
        await silo.WaitAsync();
        var answer = await silo.PostJsonAsync("/predict", new { customer_id = 1, merchant_id = 1, amount = 5 });
        Assert.Equal("v1", answer.GetProperty("model_version").GetString());
    }

    [Fact]
    public async Task A_model_of_another_feature_list_is_replaced_by_one_trained_on_what_is_stored()
    {
        using var run = await system.NewRunAfterFirstStartAsync();
        await using var silo = run.StartSilo([.. SmallHistory.EndingDaysAgo(0), ("Levee:Features:List", "All")]);
        await silo.WaitAsync(ready: false);
        var status = await EndOfRunAsync(silo);
        await silo.WaitAsync();
        var answer = await silo.PostJsonAsync("/predict", new { customer_id = 1, merchant_id = 1, amount = 5 });
        Assert.Equal("v2", answer.GetProperty("model_version").GetString());
        Assert.Equal("feature list", status.GetProperty("triggered_by").GetString());
        Assert.Equal("promoted", status.GetProperty("outcome").GetString());
        Assert.DoesNotContain("Simulating", silo.Process.Output, StringComparison.Ordinal);
        await using var connection = await run.OpenAsync();
        Assert.Equal(
            ["v1:Archived", "v2:Production"],
            await connection.QueryAsync<string>("SELECT version || ':' || stage FROM model_versions ORDER BY number"));
    }

    [Fact]
    public async Task Without_transactions_the_run_fails_with_what_is_missing_and_may_be_asked_for_again()
    {
        using var run = await system.NewRunAsync();
        var dashboard = new DashboardAccess();
        await using var silo = run.StartSilo(dashboard.Settings);
        dashboard.LetIn(silo);
        await silo.WaitAsync(ready: false);
        var runs = new HashSet<Guid>();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            runs.Add((await silo.PostJsonAsync("/retrain", new { force = true })).GetProperty("run_id").GetGuid());
            var status = await EndOfRunAsync(silo);
            Assert.Equal("failed", status.GetProperty("outcome").GetString());
            Assert.StartsWith("Train: ", status.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(2, runs.Count);
        await AssertCheckedDailyAsync(run);

        // The dashboard's own requests are no part of the API that /docs describes.
        await dashboard.AssertOperatorsOnlyAsync(silo);
        var paths = (await silo.GetJsonAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Select(path => path.Name);
        Assert.DoesNotContain(paths, path => path.StartsWith("/dashboard", StringComparison.Ordinal));
    }

    private static Task<JsonElement> EndOfRunAsync(SiloUnderTest silo) => Until.HoldsAsync(
        () => silo.GetJsonAsync("/retrain"),
        status => status.GetProperty("outcome").ValueKind == JsonValueKind.String,
        Patience,
        "The run ends",
        () => silo.Process.Output);

    private static async Task AssertCheckedDailyAsync(StreamRun run)
    {
        await using var connection = await run.OpenAsync();
        var (next, period) = await Until.HoldsAsync(
            () => connection.QuerySingleOrDefaultAsync<(DateTime Next, long Period)>(
                "SELECT start_time, period FROM orleans_reminder WHERE reminder_name = 'daily-drift-check'"),
            reminder => reminder.Period > 0,
            Patience,
            "The daily check is registered");
        Assert.Equal(TimeSpan.FromHours(2), TimeSpan.FromMinutes(Math.Round(next.TimeOfDay.TotalMinutes)));
        Assert.Equal(TimeSpan.FromDays(1), TimeSpan.FromMilliseconds(period));
    }

    private static async Task AssertAsksForAModelAsync(HttpResponseMessage response, string type)
    {
        using (response)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
            Assert.Contains("POST /retrain", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
