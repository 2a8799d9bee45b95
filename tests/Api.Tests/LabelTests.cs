using System.Net;
using System.Net.Sockets;
using Levee.Api.Tests.Cluster;
using Npgsql;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class LabelTests : IDisposable
{
    private const string Id = "7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11";

    private readonly ApiFixture _api;

    public LabelTests(ApiFixture api)
    {
        _api = api;
        api.System.Reset();
    }

    public void Dispose() => _api.System.Reset();

    [Theory]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task One_label_is_stored(string value, bool isFraud)
    {
        var answer = await PostAsync($$"""{"transaction_id":"{{Id}}","is_fraud":{{value}},"unknown":[1]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"accepted":1,"new":0}""", answer.Body);
        var label = Assert.Single(_api.System.Labels);
        Assert.Equal((new Guid(Id), isFraud, "api", null), (label.TransactionId, label.IsFraud, label.Source, label.ObservedAt));
    }

    [Fact]
    public async Task A_thousand_labels_are_stored()
    {
        var one = $$"""{"transaction_id":"{{Id}}","is_fraud":1,"observed_at":"2026-02-10T08:30:00.000001Z","source":"chargeback"}""";
        var answer = await PostAsync("[" + string.Join(",", Enumerable.Repeat(one, 1_000)) + "]");

        Assert.Equal("""{"accepted":1000,"new":999}""", answer.Body);
        Assert.Equal(1_000, _api.System.Labels.Count);
        var label = _api.System.Labels.First();
        Assert.Equal("chargeback", label.Source);
        Assert.Equal(new DateTimeOffset(2026, 2, 10, 8, 30, 0, TimeSpan.Zero).AddMicroseconds(1), label.ObservedAt);
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("[]", "body")]
    [InlineData("null", "body")]
    [InlineData("{}", "transaction_id,is_fraud")]
    [InlineData("[{}]", "[0].transaction_id,[0].is_fraud")]
    [InlineData("[1,{\"transaction_id\":\"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\",\"is_fraud\":2}]", "[0],[1].is_fraud")]
    [InlineData("{\"transaction_id\":null,\"is_fraud\":null}", "transaction_id,is_fraud")]
    [InlineData("{\"transaction_id\":5,\"is_fraud\":\"1\",\"source\":\"\",\"observed_at\":\"soon\"}",
        "transaction_id,is_fraud,source,observed_at")]
    [InlineData("{\"transaction_id\":\"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\",\"is_fraud\":1,\"is_fraud\":0}", "is_fraud")]
    [InlineData("{\"transaction_id\":\"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\",\"is_fraud\":1,\"observed_at\":\"2999-01-01T00:00:00Z\"}",
        "observed_at")]
    [InlineData("[{\"transaction_id\":\"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\",\"is_fraud\":1}", "body")]
    [InlineData("[{\"transaction_id\":\"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\",\"is_fraud\":1}]x", "body")]
    [InlineData("{\"transaction_id\":\"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\",\"is_fraud\":1,\"source\":\"\\ud800\"}", "source")]
    public async Task Bad_labels_are_400_and_nothing_is_stored(string json, string fields)
    {
        var answer = await PostAsync(json);

        Assert.Equal(fields.Split(','), answer.IsProblem(HttpStatusCode.BadRequest).Fields);
        Assert.Empty(_api.System.Labels);
    }

    [Fact]
    public async Task More_than_a_thousand_are_refused()
    {
        var one = $$"""{"transaction_id":"{{Id}}","is_fraud":1}""";
        var answer = await PostAsync("[" + string.Join(",", Enumerable.Repeat(one, 1_001)) + "]");

        Assert.Contains("at most 1000", answer.IsProblem(HttpStatusCode.BadRequest).Message("body"), StringComparison.Ordinal);
        Assert.Empty(_api.System.Labels);
    }

    [Fact]
    public async Task A_source_of_64_characters_is_the_longest()
    {
        var good = await PostAsync($$"""{"transaction_id":"{{Id}}","is_fraud":1,"source":"{{new string('s', 64)}}"}""");
        var bad = await PostAsync($$"""{"transaction_id":"{{Id}}","is_fraud":1,"source":"{{new string('s', 65)}}"}""");

        Assert.Equal(HttpStatusCode.OK, good.Status);
        Assert.Equal(["source"], bad.IsProblem(HttpStatusCode.BadRequest).Fields);
    }

    [Fact]
    public async Task When_the_cluster_hangs_the_caller_may_try_again()
    {
        _api.System.Hang = true;
        var answer = await Answer.PostAsync(_api.Impatient, "/labels", $$"""{"transaction_id":"{{Id}}","is_fraud":1}""");

        answer.IsProblem(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("2", answer.Response.Headers.RetryAfter?.ToString());
    }

    [Fact]
    public async Task When_the_database_is_away_the_caller_may_try_again()
    {
        _api.System.Failure = new NpgsqlException("Failed to connect", new SocketException((int)SocketError.ConnectionRefused));
        var answer = await PostAsync($$"""{"transaction_id":"{{Id}}","is_fraud":1}""");

        answer.IsProblem(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("database", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private Task<Answer> PostAsync(string json) => Answer.PostAsync(_api.Client, "/labels", json);
}
