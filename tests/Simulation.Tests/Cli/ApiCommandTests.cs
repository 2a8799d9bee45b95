using Levee.Cli;

namespace Levee.Simulation.Tests.Cli;

public sealed class ApiCommandTests
{
    private const string Id = "0b9e2a52-1c1d-4a53-9a55-6a3c4f3a1e01";

    [Fact]
    public async Task A_label_is_posted()
    {
        using var api = new StubApi(200, """{"accepted":1,"new":1}""");

        var run = await Run.Of("labels", "post", "--url", api.Url, "-t", Id, "--fraud", "--observed-at", "2026-01-31T12:00:00Z");

        Assert.Equal(
            ("POST /labels", $$"""{"transaction_id":"{{Id}}","is_fraud":1,"observed_at":"2026-01-31T12:00:00+00:00","source":"cli"}"""),
            await api.Request);
        Assert.Equal((ExitCodes.Success, "The label is stored." + Environment.NewLine), (run.Code, run.Output));
    }

    [Fact]
    public async Task A_label_can_clear_a_transaction()
    {
        using var api = new StubApi(200, """{"accepted":1,"new":0}""");

        var run = await Run.Of("labels", "post", "--url", api.Url, "-t", Id, "--fraud", "false", "--source", "me");

        Assert.Equal($$"""{"transaction_id":"{{Id}}","is_fraud":0,"source":"me"}""", (await api.Request).Body);
        Assert.Contains("already", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_api_objects_to_is_shown()
    {
        using var api = new StubApi(400, """{"title":"The request is invalid.","detail":"See errors.","errors":{"source":["too long"]}}""");

        var run = await Run.Of("labels", "post", "--url", api.Url, "-t", Id, "--fraud");

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("400: See errors.", run.Error, StringComparison.Ordinal);
        Assert.Contains("source: too long", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_are_listed()
    {
        using var api = new StubApi(200, """
            {"models":[{"version":"v2","stage":"Production","created_at":"2026-02-01T00:00:00Z","metrics":{"auc":0.97531,"average_precision":null}},
            {"version":"v1","stage":"Archived","created_at":"2026-01-01T00:00:00Z","metrics":{}}],"served":{"silo-a":"v2","silo-b":"v2"}}
            """);

        var run = await Run.Of("models", "list", "--url", api.Url);

        Assert.Equal("GET /models", (await api.Request).Line);
        Assert.Equal(ExitCodes.Success, run.Code);
        Assert.Matches(@"v2\s+Production\s+2026-02-01T00:00:00Z\s+0\.9753\s+-\s+silo-a, silo-b", run.Output);
        Assert.Matches(@"v1\s+Archived", run.Output);
    }

    [Fact]
    public async Task No_model_is_said_so()
    {
        using var api = new StubApi(200, """{"models":[],"served":{}}""");

        Assert.Contains("no model", (await Run.Of("models", "list", "--url", api.Url)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("promote", "v3 is in production.")]
    [InlineData("rollback", "v3 is back in production.")]
    [InlineData("archive", "v3 is archived.")]
    public async Task Stages_are_changed_with_who_and_why(string verb, string said)
    {
        using var api = new StubApi(200, """{"version":"v3"}""");

        var run = await Run.Of("models", verb, "v7", "--why", "a reason", "--who", "anna", "--url", api.Url);

        Assert.Equal(($"POST /models/v7/{verb}", """{"reason":"a reason","who":"anna"}"""), await api.Request);
        Assert.Equal((ExitCodes.Success, said + Environment.NewLine), (run.Code, run.Output));
        Assert.Equal(ExitCodes.Usage, (await Run.Of("models", verb, "latest")).Code);
    }

    [Fact]
    public async Task What_was_live_on_a_day_is_told()
    {
        using var api = new StubApi(200, """{"live":[{"version":"v3","from":"2026-01-30T00:00:00Z","until":null,"who":"anna","why":"better"}]}""");

        var run = await Run.Of("models", "live", "--at", "2026-01-31", "--url", api.Url);

        Assert.Equal("GET /models/live?at=2026-01-31", (await api.Request).Line);
        Assert.Matches(@"v3\s+2026-01-30T00:00:00Z\s+-\s+anna\s+better", run.Output);
    }

    [Fact]
    public async Task The_history_is_told()
    {
        using var api = new StubApi(200, """{"changes":[{"at":"2026-01-30T00:00:00Z","version":"v3","from_stage":"Staging","to_stage":"Production","who":"anna","why":"better","metrics":{"auc":0.95}}]}""");

        var run = await Run.Of("models", "history", "--version", "v3", "--url", api.Url);

        Assert.Equal("GET /models/history?version=v3", (await api.Request).Line);
        Assert.Matches(@"v3\s+Staging\s+Production\s+anna\s+better\s+0\.9500", run.Output);
    }

    [Theory]
    [InlineData(200, "healthy", ExitCodes.Success)]
    [InlineData(503, "unhealthy", ExitCodes.Failure)]
    public async Task Health_is_the_exit_code(int status, string word, int code)
    {
        using var api = new StubApi(status, $$"""{"status":"{{word}}","components":{"database":{"detail":"It is.","status":"{{word}}" } } }""");

        var run = await Run.Of("health", "--url", api.Url);

        Assert.Equal(code, run.Code);
        Assert.Matches($@"database\s+{word}\s+It is\.", run.Output);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData(200, "<html>", "JSON")]
    [InlineData(500, "", "500")]
    public async Task An_answer_of_something_else_is_explained(int status, string answer, string named)
    {
        using var api = new StubApi(status, answer);

        var run = await Run.Of("health", "--url", api.Url);

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_explained()
    {
        var run = await Run.Of("health", "--url", "http://127.0.0.1:1");

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("No answer from http://127.0.0.1:1/", run.Error, StringComparison.Ordinal);
    }
}
