using System.Net;
using System.Text;
using Levee.Api.Tests.Cluster;
using Npgsql;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class IdempotencyTests : IDisposable
{
    private const string Label = """{"transaction_id":"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11","is_fraud":1}""";

    private readonly ApiFixture _api;

    public IdempotencyTests(ApiFixture api)
    {
        _api = api;
        api.System.Reset();
    }

    public void Dispose() => _api.System.Reset();

    [Fact]
    public async Task A_repeated_request_gets_the_first_answer_and_stores_nothing()
    {
        var first = await PostAsync("/labels", "key-1", Label);
        var again = await PostAsync("/v1/labels", "key-1", Label);
        var other = await PostAsync("/labels", "key-2", Label);

        Assert.All([first, again, other], answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(first.Body, again.Body);
        Assert.Equal(2, _api.System.Labels.Count);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_422()
    {
        await PostAsync("/labels", "key-3", Label);
        var answer = await PostAsync("/labels", "key-3", Label.Replace("1}", "0}", StringComparison.Ordinal));

        Assert.Equal(["idempotency-key"], answer.IsProblem(HttpStatusCode.UnprocessableEntity).Fields);
        Assert.Single(_api.System.Labels);
    }

    [Theory]
    [InlineData(129)]
    [InlineData(0)]
    public async Task A_key_of_a_wrong_length_is_400(int length)
    {
        var answer = await PostAsync("/labels", new string('k', length), Label);

        Assert.Equal(["idempotency-key"], answer.IsProblem(HttpStatusCode.BadRequest).Fields);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/labels", new string('k', 128), Label)).Status);
    }

    [Fact]
    public async Task A_request_that_failed_may_be_repeated_with_its_key()
    {
        _api.System.Failure = new NpgsqlException("away", new IOException());
        (await PostAsync("/labels", "key-4", Label)).IsProblem(HttpStatusCode.ServiceUnavailable);
        _api.System.Failure = null;

        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/labels", "key-4", Label)).Status);
        Assert.Single(_api.System.Labels);
    }

    [Theory]
    [InlineData("57P01")] // The server is shut down by its administrator.
    [InlineData("25P03")] // The session idled in its transaction, as after a silo that was frozen.
    [InlineData("40P01")]
    public async Task A_database_that_breaks_off_for_a_moment_is_503(string state)
    {
        _api.System.Failure = new PostgresException("broken off", "FATAL", "FATAL", state);

        var answer = await PostAsync("/labels", "key-5", Label);

        answer.IsProblem(HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(answer.Response.Headers.RetryAfter);
    }

    private async Task<Answer> PostAsync(string path, string key, string json)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
        message.Content = new StringContent(json, Encoding.UTF8, "application/json");
        message.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await Answer.SendAsync(_api.Client, message);
    }
}
