using System.Net;
using System.Text.Json;
using Levee.Api.Tests.Cluster;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class DriftTests(ApiFixture api)
{
    [Fact]
    public async Task Drift_is_told_with_what_it_was_measured_on()
    {
        var answer = await Answer.GetAsync(api.Client, "/drift");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("v1", answer.Json.GetProperty("model_version").GetString());
        Assert.Equal(10, answer.Json.GetProperty("degradation_percent").GetDouble(), 9);
        Assert.True(answer.Json.GetProperty("drifted").GetBoolean());
        Assert.Equal("""{"amount":0.25}""", answer.Json.GetProperty("features").GetRawText());
        Assert.Equal("""{"amount":0.5}""", answer.Json.GetProperty("features_psi").GetRawText());
    }

    [Fact]
    public async Task Without_enough_labels_there_is_no_verdict_and_without_a_model_503()
    {
        var measured = api.System.Drift;
        try
        {
            api.System.Drift = measured! with { CurrentAuc = null, CurrentAucLow = null, CurrentAucHigh = null };
            var answer = await Answer.GetAsync(api.Client, "/drift");
            Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("drifted").ValueKind);
            Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("current_auc").ValueKind);

            api.System.Drift = null;
            var none = (await Answer.GetAsync(api.Client, "/drift")).IsProblem(HttpStatusCode.ServiceUnavailable);
            Assert.NotNull(none.Response.Headers.RetryAfter);
        }
        finally
        {
            api.System.Drift = measured;
        }
    }
}
