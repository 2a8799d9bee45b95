using System.Net;
using Levee.Api.Tests.Cluster;
using Levee.Grains;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class HealthTests : IDisposable
{
    private readonly ApiFixture _api;

    public HealthTests(ApiFixture api)
    {
        _api = api;
        api.System.Reset();
    }

    public void Dispose() => _api.System.Reset();

    [Fact]
    public async Task All_healthy_is_200()
    {
        var answer = await Answer.GetAsync(_api.Client, "/health");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("healthy", answer.Json.GetProperty("status").GetString());
        Assert.Equal(
            ["model healthy", "database healthy", "stream healthy", "prediction_log healthy"],
            answer.Json.GetProperty("components").EnumerateObject().Select(c => $"{c.Name} {c.Value.GetProperty("status").GetString()}"));
    }

    [Fact]
    public async Task A_database_that_is_away_makes_it_unhealthy_but_not_unready()
    {
        _api.System.Health = FakeSystem.AllHealthy with { Database = new ComponentHealth(false, "PostgreSQL refuses connections.") };

        var health = await Answer.GetAsync(_api.Client, "/health");
        var ready = await Answer.GetAsync(_api.Client, "/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.Status);
        Assert.Equal("unhealthy", health.Json.GetProperty("status").GetString());
        var database = health.Json.GetProperty("components").GetProperty("database");
        Assert.Equal("PostgreSQL refuses connections.", database.GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.OK, ready.Status);
        Assert.Equal("v1", ready.Json.GetProperty("model_version").GetString());
    }

    [Fact]
    public async Task Predictions_that_are_dropped_make_it_unhealthy_but_not_unready()
    {
        _api.System.Health = FakeSystem.AllHealthy with { PredictionLog = new ComponentHealth(false, "Predictions are dropped.") };

        var health = await Answer.GetAsync(_api.Client, "/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.Status);
        Assert.Equal("unhealthy", health.Json.GetProperty("components").GetProperty("prediction_log").GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await Answer.GetAsync(_api.Client, "/health/ready")).Status);
    }

    [Fact]
    public async Task A_silo_of_an_older_version_is_healthy_without_its_prediction_log()
    {
        _api.System.Health = FakeSystem.AllHealthy with { PredictionLog = null };

        var health = await Answer.GetAsync(_api.Client, "/health");
        Assert.Equal(HttpStatusCode.OK, health.Status);
        Assert.False(health.Json.GetProperty("components").TryGetProperty("prediction_log", out _));
    }

    [Fact]
    public async Task Without_a_model_it_lives_but_is_not_ready()
    {
        _api.System.Served = null;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Answer.GetAsync(_api.Client, "/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Answer.GetAsync(_api.Client, "/health/live")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silo_that_hangs_or_fails_is_not_ready(bool hang)
    {
        _api.System.Hang = hang;
        _api.System.Failure = hang ? null : new ArithmeticException();

        var client = hang ? _api.Impatient : _api.Client;
        var ready = await Answer.GetAsync(client, "/health/ready");
        var health = await Answer.GetAsync(client, "/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status);
        Assert.Equal("not_ready", ready.Json.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.Status);
        Assert.Equal(HttpStatusCode.OK, (await Answer.GetAsync(_api.Client, "/health/live")).Status);
    }
}
