using System.Net;
using Levee.Api.Tests.Cluster;
using Levee.Grains;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class ReplayTests : IDisposable
{
    private readonly ApiFixture _api;

    public ReplayTests(ApiFixture api)
    {
        _api = api;
        api.System.Reset();
    }

    public void Dispose() => _api.System.Reset();

    [Fact]
    public async Task A_replay_begins_where_it_is_told_and_says_how_far_it_is()
    {
        var begun = await Answer.PostAsync(_api.Client, "/replay", """{"partition":3,"offset":10}""");
        Assert.Equal((HttpStatusCode.Accepted, "running"), (begun.Status, begun.Json.GetProperty("partitions")[0].GetProperty("state").GetString()));
        await Answer.PostAsync(_api.Client, "/replay", """{"from":"2026-01-31T12:00:00Z"}""");
        Assert.Equal(
            [new ReplayRequest("transactions", 3, 10, null), new ReplayRequest("transactions", null, null, 1_769_860_800_000_000)], _api.System.Replays);

        var partition = (await Answer.GetAsync(_api.Client, "/replay")).Json.GetProperty("partitions")[0];
        Assert.Equal((3, 10, 20, 15), (Number("partition"), Number("from"), Number("to"), Number("next")));

        int Number(string name) => partition.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task What_is_gone_is_409_with_the_reason()
    {
        var answer = await Answer.PostAsync(_api.Client, "/replay", """{"topic":"labels","offset":4}""");

        answer.IsProblem(HttpStatusCode.Conflict);
        Assert.Contains("Offset 4 of labels is gone.", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "offset")]
    [InlineData("""{"offset":1,"from":0}""", "offset")]
    [InlineData("""{"offset":-1}""", "offset")]
    [InlineData("""{"offset":"1"}""", "offset")]
    [InlineData("""{"offset":1,"partition":3000000000}""", "partition")]
    [InlineData("""{"offset":1,"topic":""}""", "topic")]
    [InlineData("""{"from":"tomorrow"}""", "from")]
    [InlineData("""{"from":"2199-01-01T00:00:00Z"}""", "from")]
    [InlineData("""{"offset":1,"offset":1}""", "offset")]
    [InlineData("[]", "body")]
    public async Task A_wrong_body_names_its_field(string body, string field)
    {
        var answer = await Answer.PostAsync(_api.Client, "/replay", body);

        answer.IsProblem(HttpStatusCode.BadRequest);
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(field, out _), answer.Body);
        Assert.Empty(_api.System.Replays);
    }
}
