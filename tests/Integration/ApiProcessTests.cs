using System.Diagnostics;
using System.Net;
using Levee.Integration.Harness;
using Levee.Testing;

namespace Levee.Integration;

/// <summary>The API in a process of its own, while the only silo comes, is killed and comes back.</summary>
[Collection(SystemCollection.Name)]
public sealed class ApiProcessTests(SystemFixture system)
{
    private const string Request = """{"customer_id":1,"merchant_id":1,"amount":5}""";

    // The API's own deadline for /predict is 2 s; the rest is for a busy machine.
    private static readonly TimeSpan NoHang = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_says_503_at_once_without_a_silo_and_answers_as_soon_as_there_is_one()
    {
        using var run = await system.NewRunAfterFirstStartAsync();
        var port = Ports.Free();
        await using var api = LeveeProcess.Start(Programs.Api, [], new Dictionary<string, string>
        {
            ["Levee__Postgres__ConnectionString"] = run.ConnectionString,
            ["Levee__Port"] = $"{port}",
        });
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };
        await WaitForAsync(http, api, "/health/live", HttpStatusCode.OK);
        await WaitForAsync(http, api, "/health/ready", HttpStatusCode.ServiceUnavailable);
        await AssertUnavailableAsync(http);

        await using (var silo = run.StartSilo())
        {
            await silo.WaitAsync();
            await WaitForAsync(http, api, "/health/ready", HttpStatusCode.OK);
            await WaitForPredictionsAsync(http, api);
            await silo.Process.KillAsync();
        }

        await AssertUnavailableAsync(http);
        await WaitForAsync(http, api, "/health/ready", HttpStatusCode.ServiceUnavailable);
        await AssertUnavailableAsync(http);

        await using var back = run.StartSilo();
        await back.WaitAsync();
        await WaitForPredictionsAsync(http, api);
        await WaitForAsync(http, api, "/health/ready", HttpStatusCode.OK);
        Assert.False(api.HasExited);
    }

    private static async Task AssertUnavailableAsync(HttpClient http)
    {
        var watch = Stopwatch.StartNew();
        using var body = SiloUnderTest.Json(Request);
        using var response = await http.PostAsync("/predict", body);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.True(watch.Elapsed < NoHang, $"The answer took {watch.Elapsed}.");
    }

    private static Task WaitForPredictionsAsync(HttpClient http, LeveeProcess api) => Until.HoldsAsync(
        async () =>
        {
            using var body = SiloUnderTest.Json(Request);
            using var response = await http.PostAsync("/predict", body);
            return response.StatusCode;
        },
        status => status == HttpStatusCode.OK,
        Patience,
        "POST /predict answers",
        () => api.Output);

    private static Task WaitForAsync(HttpClient http, LeveeProcess api, string path, HttpStatusCode wanted) => Until.HoldsAsync(
        async () =>
        {
            using var response = await http.GetAsync(path);
            return response.StatusCode;
        },
        status => status == wanted,
        Patience,
        $"GET {path} says {wanted}",
        () => api.Output);
}
