using Levee.Api.Tests.Cluster;

namespace Levee.Api.Tests.Security;

[Collection(ApiCollection.Name)]
public sealed class SecurityOffTests(ApiFixture api)
{
    [Fact]
    public async Task Without_security_all_may_ask_and_the_log_says_so()
    {
        api.System.Reset();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/models/v1/promote", UriKind.Relative));
        request.Headers.Add("Origin", "https://app.example");
        var answer = await Answer.SendAsync(api.Client, request);

        answer.Ok();
        Assert.False(answer.Response.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Contains(api.Logs.Lines, line => line.StartsWith("Warning Levee.Security: Whoever reaches this port", StringComparison.Ordinal));
        Assert.Contains(api.Logs.Lines, line => line.Contains("unknown: POST /models/{version}/promote version v1, answered 200", StringComparison.Ordinal));
    }
}
