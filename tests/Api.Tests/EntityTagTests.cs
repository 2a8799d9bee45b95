using System.Net;
using Levee.Api.Tests.Cluster;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class EntityTagTests : IDisposable
{
    private readonly ApiFixture _api;

    public EntityTagTests(ApiFixture api)
    {
        _api = api;
        api.System.Reset();
    }

    public void Dispose() => _api.System.Reset();

    [Theory]
    [InlineData("/models")]
    [InlineData("/v1/models")]
    [InlineData("/models/history")]
    [InlineData("/models/live?at=2026-01-31")]
    public async Task What_the_caller_has_already_is_not_sent_again(string path)
    {
        var first = await GetAsync(path, null);
        var tag = first.Response.Headers.ETag!.ToString();

        Assert.Equal((HttpStatusCode.OK, "application/json"), (first.Status, first.MediaType));
        foreach (var known in new[] { tag, "W/" + tag, $"\"other\", {tag}", "*" })
        {
            var again = await GetAsync(path, known);
            Assert.Equal((HttpStatusCode.NotModified, "", tag), (again.Status, again.Body, again.Response.Headers.ETag?.ToString()));
        }

        foreach (var unknown in new[] { "\"other\"", "nonsense", "" })
        {
            Assert.Equal((HttpStatusCode.OK, first.Body), ((await GetAsync(path, unknown)).Status, (await GetAsync(path, unknown)).Body));
        }
    }

    [Fact]
    public async Task Another_content_has_another_tag()
    {
        var before = await GetAsync("/models", null);
        _api.System.Models = [FakeSystem.Model("v3", "Production")];
        var after = await GetAsync("/models", before.Response.Headers.ETag!.ToString());

        Assert.Equal(HttpStatusCode.OK, after.Status);
        Assert.Equal("v3", after.Json.GetProperty("models")[0].GetProperty("version").GetString());
        Assert.NotEqual(before.Response.Headers.ETag, after.Response.Headers.ETag);
    }

    [Fact]
    public async Task Errors_have_no_tag()
    {
        var answer = await GetAsync("/models/history?version=x", "*");

        Assert.Null(answer.IsProblem(HttpStatusCode.BadRequest).Response.Headers.ETag);
    }

    private async Task<Answer> GetAsync(string path, string? known)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (known is not null)
        {
            message.Headers.TryAddWithoutValidation("If-None-Match", known);
        }

        return await Answer.SendAsync(_api.Client, message);
    }
}
