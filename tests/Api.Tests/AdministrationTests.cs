using System.Net;
using System.Text.Json;
using Levee.Api.Tests.Cluster;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class AdministrationTests : IDisposable
{
    private readonly ApiFixture _api;

    public AdministrationTests(ApiFixture api)
    {
        _api = api;
        api.System.Reset();
    }

    public void Dispose() => _api.System.Reset();

    [Fact]
    public async Task Models_are_listed_with_what_is_served()
    {
        var answer = await Answer.GetAsync(_api.Client, "/models");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var models = answer.Json.GetProperty("models");
        Assert.Equal(["v2", "v1"], models.EnumerateArray().Select(m => m.GetProperty("version").GetString()));
        Assert.Equal("Production", models[0].GetProperty("stage").GetString());
        Assert.Equal("hash", models[0].GetProperty("feature_hash").GetString());
        Assert.Equal("2026-01-31T12:00:00+00:00", models[0].GetProperty("created_at").GetString());
        Assert.Equal(0.9, models[0].GetProperty("metrics").GetProperty("auc").GetDouble());
        Assert.Equal(JsonValueKind.Null, models[0].GetProperty("metrics").GetProperty("recall").ValueKind);
        Assert.Equal("v2", answer.Json.GetProperty("served").GetProperty("S127.0.0.1:11111:1").GetString());
    }

    [Theory]
    [InlineData(null, "promoted through the API")]
    [InlineData("{}", "promoted through the API")]
    [InlineData("{\"reason\":null}", "promoted through the API")]
    [InlineData("{\"reason\":\"it is better\"}", "it is better")]
    public async Task A_version_is_promoted_with_its_reason(string? body, string reason)
    {
        var answer = body is null
            ? await Answer.PostAsync(_api.Client, "/models/v1/promote", (HttpContent?)null)
            : await Answer.PostAsync(_api.Client, "/models/v1/promote", body);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("v1", answer.Json.GetProperty("version").GetString());
        Assert.Equal($"promote v1 by api: {reason}", Assert.Single(_api.System.Transitions));
    }

    [Theory]
    [InlineData("/models/v9/promote")]
    [InlineData("/models/v9/rollback")]
    [InlineData("/models/v9/archive")]
    public async Task An_unknown_version_is_404(string path) =>
        (await Answer.PostAsync(_api.Client, path, "{}")).IsProblem(HttpStatusCode.NotFound);

    [Theory]
    [InlineData("/models/2/promote", "{}", "version")]
    [InlineData("/models/v/promote", "{}", "version")]
    [InlineData("/models/v-1/rollback", "{}", "version")]
    [InlineData("/models/latest/promote", "{\"reason\":5}", "version,reason")]
    [InlineData("/models/v1/archive", "{\"who\":\"\"}", "who")]
    [InlineData("/models/v1/archive", "{\"who\":\"a\",\"who\":\"b\"}", "who")]
    [InlineData("/models/v1/promote", "[]", "body")]
    [InlineData("/models/v1/promote", "{\"reason\":\"a\",\"reason\":\"b\"}", "reason")]
    [InlineData("/retrain", "{\"force\":\"yes\"}", "force")]
    [InlineData("/retrain", "{", "body")]
    public async Task Bad_requests_are_400(string path, string body, string fields)
    {
        var answer = await Answer.PostAsync(_api.Client, path, body);

        Assert.Equal(fields.Split(','), answer.IsProblem(HttpStatusCode.BadRequest).Fields);
        Assert.Empty(_api.System.Transitions);
    }

    [Fact]
    public async Task The_version_in_production_is_rolled_back()
    {
        var answer = await Answer.PostAsync(_api.Client, "/models/v2/rollback", "{\"reason\":\"false alarms\"}");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("v1", answer.Json.GetProperty("version").GetString());
        Assert.Equal("rollback by api: false alarms", Assert.Single(_api.System.Transitions));
    }

    [Fact]
    public async Task Another_version_is_not_rolled_back()
    {
        (await Answer.PostAsync(_api.Client, "/models/v1/rollback", "{}")).IsProblem(HttpStatusCode.Conflict);
        Assert.Empty(_api.System.Transitions);
    }

    [Fact]
    public async Task The_first_version_has_nothing_to_go_back_to()
    {
        _api.System.PreviousVersion = null;
        (await Answer.PostAsync(_api.Client, "/models/v2/rollback", "{}")).IsProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_version_is_archived_by_whom_and_why()
    {
        var answer = await Answer.PostAsync(_api.Client, "/models/v1/archive", "{\"who\":\"anna\",\"reason\":\"old\"}");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("Archived", answer.Json.GetProperty("stage").GetString());
        Assert.Equal("archive v1 by anna: old", Assert.Single(_api.System.Transitions));
        _api.System.ArchiveRefusal = "It is in production.";
        (await Answer.PostAsync(_api.Client, "/models/v2/archive", "{}")).IsProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task The_history_and_what_was_live_are_told()
    {
        var history = await Answer.GetAsync(_api.Client, "/models/history?version=v1");
        var change = Assert.Single(history.Json.GetProperty("changes").EnumerateArray());
        Assert.Equal(
            ("v1", "None", "Production", "anna", "better"),
            (Text(change, "version"), Text(change, "from_stage"), Text(change, "to_stage"), Text(change, "who"), Text(change, "why")));
        Assert.Equal(JsonValueKind.Null, change.GetProperty("metrics").GetProperty("recall").ValueKind);

        var day = await Answer.GetAsync(_api.Client, "/models/live?at=2026-01-31");
        Assert.Equal("2026-02-01T00:00:00+00:00", Text(day.Json, "to"));
        Assert.Equal("v2", Text(Assert.Single(day.Json.GetProperty("live").EnumerateArray()), "version"));
        Assert.Empty((await Answer.GetAsync(_api.Client, "/models/live?at=2026-01-31T11:00:00Z")).Json.GetProperty("live").EnumerateArray());
        Assert.Equal(HttpStatusCode.OK, (await Answer.GetAsync(_api.Client, "/models/live")).Status);

        static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("/models/live?at=yesterday", "at")]
    [InlineData("/models/live?at=9999-12-31", "at")]
    [InlineData("/models/history?version=latest", "version")]
    public async Task A_bad_question_about_the_past_is_400(string path, string field) =>
        Assert.Equal([field], (await Answer.GetAsync(_api.Client, path)).IsProblem(HttpStatusCode.BadRequest).Fields);

    [Theory]
    [InlineData(null, false)]
    [InlineData("{}", false)]
    [InlineData("{\"force\":true}", true)]
    [InlineData("{\"force\":0}", false)]
    public async Task Retraining_is_started(string? body, bool forced)
    {
        var answer = body is null
            ? await Answer.PostAsync(_api.Client, "/retrain", (HttpContent?)null)
            : await Answer.PostAsync(_api.Client, "/retrain", body);

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal("/retrain", answer.Response.Headers.Location?.ToString());
        Assert.Equal("check_drift", answer.Json.GetProperty("step").GetString());
        Assert.Equal(forced, answer.Json.GetProperty("forced").GetBoolean());
        Assert.Equal("api", answer.Json.GetProperty("triggered_by").GetString());
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("current_auc").ValueKind);
    }

    [Fact]
    public async Task The_retraining_status_is_told_before_the_first_run()
    {
        var answer = await Answer.GetAsync(_api.Client, "/retrain");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("idle", answer.Json.GetProperty("step").GetString());
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("run_id").ValueKind);
    }

    [Fact]
    public async Task Customer_features_are_shown()
    {
        var answer = await Answer.GetAsync(_api.Client, "/customers/42/features");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(42, answer.Json.GetProperty("customer_id").GetInt64());
        Assert.Equal(17, answer.Json.GetProperty("sequence").GetInt64());
        Assert.Equal("2026-01-31T12:00:00.000001+00:00", answer.Json.GetProperty("as_of").GetString());
        Assert.Equal("2026-01-31T11:59:59.5+00:00", answer.Json.GetProperty("newest_event").GetString());
        Assert.Equal(3, answer.Json.GetProperty("features").GetProperty("count_1m").GetDouble());
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("features").GetProperty("std_1m").ValueKind);
    }

    [Fact]
    public async Task An_unknown_customer_has_sequence_0()
    {
        var answer = await Answer.GetAsync(_api.Client, $"/customers/{FakeSystem.UnknownCustomer}/features");

        Assert.Equal(0, answer.Json.GetProperty("sequence").GetInt64());
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("newest_event").ValueKind);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("1.5")]
    [InlineData("%2042")]
    [InlineData("9223372036854775808")]
    public async Task A_bad_customer_id_is_400(string id) =>
        Assert.Equal(["id"], (await Answer.GetAsync(_api.Client, $"/customers/{id}/features")).IsProblem(HttpStatusCode.BadRequest).Fields);

    [Fact]
    public async Task Failing_grains_are_500_and_silent_ones_503()
    {
        (await Answer.GetAsync(_api.Client, $"/customers/{FakeSystem.FailingCustomer}/features")).IsProblem(HttpStatusCode.InternalServerError);
        _api.System.Failure = new ArithmeticException("secret");
        var failed = (await Answer.GetAsync(_api.Client, "/models")).IsProblem(HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("secret", failed.Body, StringComparison.Ordinal);

        _api.System.Failure = null;
        _api.System.Hang = true;
        (await Answer.GetAsync(_api.Impatient, "/models")).IsProblem(HttpStatusCode.ServiceUnavailable);
        (await Answer.GetAsync(_api.Impatient, "/retrain")).IsProblem(HttpStatusCode.ServiceUnavailable);
    }
}
