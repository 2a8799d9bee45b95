using System.Net;
using Levee.Api.Tests.Cluster;
using Levee.Storage;
using Levee.Testing;

namespace Levee.Api.Tests;

/// <summary>More is asked than can be answered: who is let in, who waits, who is refused, and how soon each of them knows.</summary>
[Collection(ApiCollection.Name)]
public sealed class OverloadTests(ApiFixture api) : IDisposable
{
    public void Dispose()
    {
        api.System.Gate.TrySetResult();
        api.System.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [Fact]
    public async Task So_many_are_let_in_so_many_wait_and_what_is_beyond_is_refused_at_once()
    {
        using var client = await api.StartAsync(("MaxConcurrentPredictions", "2"), ("MaxWaitingPredictions", "2"), ("MaxPredictionWait", "00:00:30"));
        var patient = Enumerable.Range(0, 4).Select(i => PredictAsync(client, FakeSystem.FirstGatedCustomer + i)).ToArray();
        await Eventually.HoldsAsync(async () => (await Answer.GetAsync(client, "/metrics")).Body.Contains("\nlevee_predict_waiting 2", StringComparison.Ordinal));

        var fifth = (await PredictAsync(client, 1)).IsProblem(HttpStatusCode.TooManyRequests);
        Assert.Equal(TimeSpan.FromSeconds(2), fifth.Response.Headers.RetryAfter!.Delta);
        Assert.All(patient, answer => Assert.False(answer.IsCompleted));
        Assert.Equal(2, Enumerable.Range(0, 4).Count(i => api.System.Scored.ContainsKey(FakeSystem.FirstGatedCustomer + i)));
        (await BatchAsync(client, [1])).Ok();
        Assert.Contains("levee_predict_overload_total{bound=\"predictions\"}", (await Answer.GetAsync(client, "/metrics")).Body, StringComparison.Ordinal);

        api.System.Gate.SetResult();
        Assert.All(await Task.WhenAll(patient), answer => answer.Ok());
        (await PredictAsync(client, 1)).Ok();
    }

    [Fact]
    public async Task Who_waits_too_long_is_refused()
    {
        using var client = await api.StartAsync(("MaxConcurrentPredictions", "1"), ("MaxPredictionWait", "00:00:00.050"));
        var first = PredictAsync(client, FakeSystem.FirstGatedCustomer + 10);
        await Eventually.HoldsAsync(() => api.System.Scored.ContainsKey(FakeSystem.FirstGatedCustomer + 10));

        (await PredictAsync(client, 1)).IsProblem(HttpStatusCode.TooManyRequests);
        api.System.Gate.SetResult();
        (await first).Ok();
        (await PredictAsync(client, 1)).Ok();
    }

    [Fact]
    public async Task Batches_count_by_their_rows_and_one_that_is_larger_than_the_bound_has_its_turn()
    {
        using var client = await api.StartAsync(("MaxConcurrentBatchRows", "10"), ("MaxPredictionWait", "00:00:00"));
        var first = BatchAsync(client, [FakeSystem.FirstGatedCustomer + 20, 2, 3, 4, 5, 6, 7, 8]);
        await Eventually.HoldsAsync(() => api.System.Scored.ContainsKey(FakeSystem.FirstGatedCustomer + 20));

        (await BatchAsync(client, [1, 2, 3])).IsProblem(HttpStatusCode.TooManyRequests);
        (await BatchAsync(client, [1, 2])).Ok();
        (await PredictAsync(client, 1)).Ok();
        api.System.Gate.SetResult();
        (await first).Ok();
        await Eventually.HoldsAsync(async () => (await BatchAsync(client, [.. Enumerable.Range(1, 50)])).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_caller_whose_batch_takes_its_time_does_not_stop_the_batches_of_others()
    {
        string[] names = ["anna", "ben"];
        var settings = new Dictionary<string, string?>
        {
            ["Levee:Security:Enabled"] = "true",
            ["Levee:Api:MaxConcurrentBatchRows"] = "10",
            ["Levee:Api:MaxCallerBatchShare"] = "0.5",
            ["Levee:Api:MaxPredictionWait"] = "00:00:00",
        };
        var keys = names.ToDictionary(name => name, _ => ApiKeyText.Create());
        foreach (var (i, name) in names.Index())
        {
            settings[$"Levee:Security:Keys:{i}:Name"] = name;
            settings[$"Levee:Security:Keys:{i}:Hash"] = Convert.ToHexStringLower(ApiKeyText.Hash(keys[name]));
            settings[$"Levee:Security:Keys:{i}:Roles:0"] = "score";
        }

        using var anna = await api.StartAsync(settings);
        using var ben = new HttpClient { BaseAddress = anna.BaseAddress };
        anna.DefaultRequestHeaders.Add("X-Api-Key", keys["anna"]);
        ben.DefaultRequestHeaders.Add("X-Api-Key", keys["ben"]);
        var first = BatchAsync(anna, [FakeSystem.FirstGatedCustomer + 30, 2, 3, 4, 5, 6, 7, 8]);
        await Eventually.HoldsAsync(() => api.System.Scored.ContainsKey(FakeSystem.FirstGatedCustomer + 30));

        (await BatchAsync(anna, [1])).IsProblem(HttpStatusCode.TooManyRequests);
        (await BatchAsync(ben, [1, 2, 3, 4, 5])).Ok();
        api.System.Gate.SetResult();
        (await first).Ok();
    }

    [Fact]
    public async Task A_batch_ends_in_time_and_its_rows_say_which_were_not_scored()
    {
        using var client = await api.StartAsync(("BatchTimeout", "00:00:00.500"));
        var batch = await BatchAsync(client, [.. Enumerable.Range(930, 300).Select(i => i == 931 ? FakeSystem.HangingCustomer : (long)i)]);

        var rows = batch.Json.EnumerateArray().ToArray();
        Assert.Equal((HttpStatusCode.OK, 300), (batch.Status, rows.Length));
        Assert.Equal("v1", rows[0].GetProperty("model_version").GetString());
        Assert.All([rows[1], rows[256], rows[299]], row => Assert.Equal(503, row.GetProperty("error").GetProperty("status").GetInt32()));
        Assert.False(api.System.Scored.ContainsKey(930 + 299));
    }

    [Fact]
    public async Task Nobody_works_for_a_caller_who_has_gone()
    {
        const long Last = 950_000;
        using var client = await api.StartAsync(("MaxConcurrentBatches", "1"), ("MaxPredictionWait", "00:00:00"));
        using var gone = new CancellationTokenSource();
        long[] rows = [FakeSystem.HangingCustomer, .. Enumerable.Range(1, 2_000).Select(i => (long)i), Last];
        var first = client.PostAsync(new Uri("/predict/batch", UriKind.Relative), Content(rows), gone.Token);
        await Eventually.HoldsAsync(() => api.System.Scored.ContainsKey(200));
        (await BatchAsync(client, [1])).IsProblem(HttpStatusCode.TooManyRequests);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Eventually.HoldsAsync(async () => (await BatchAsync(client, [1])).Status == HttpStatusCode.OK);
        Assert.False(api.System.Scored.ContainsKey(Last));
    }

    private static Task<Answer> PredictAsync(HttpClient client, long customer) =>
        Answer.PostAsync(client, "/predict", $$"""{"customer_id":{{customer}},"merchant_id":7,"amount":5}""");

    private static Task<Answer> BatchAsync(HttpClient client, IEnumerable<long> customers) => Answer.PostAsync(client, "/predict/batch", Content(customers));

    private static Task<Answer> BatchAsync(HttpClient client, int[] customers) => BatchAsync(client, customers.Select(id => (long)id));

    private static StringContent Content(IEnumerable<long> customers) => new(
        $"[{string.Join(',', customers.Select(id => $$"""{"customer_id":{{id}},"merchant_id":7,"amount":5}"""))}]",
        System.Text.Encoding.UTF8,
        "application/json");
}
