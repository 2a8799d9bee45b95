using System.Net;
using System.Text;

namespace Levee.Api.Tests.Security;

/// <summary>Who may call what: every endpoint with every kind of caller.</summary>
public sealed class AccessMatrixTests(SecuredApi api) : IClassFixture<SecuredApi>
{
    private const string Open = "";

    private const string Transaction = """{"customer_id":1,"merchant_id":1,"amount":1}""";

    /// <summary>Method, path, pattern of the route, role, body.</summary>
    private static readonly (string Method, string Path, string Route, string Role, string? Body)[] Endpoints =
    [
        ("POST", "/predict", "/predict", "score", Transaction),
        ("POST", "/predict/batch", "/predict/batch", "score", $"[{Transaction}]"),
        ("GET", "/customers/1/features", "/customers/{id}/features", "score", null),
        ("POST", "/labels", "/labels", "label", """{"transaction_id":"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11","is_fraud":0}"""),
        ("GET", "/models", "/models", "operate", null),
        ("GET", "/models/history", "/models/history", "operate", null),
        ("GET", "/models/live", "/models/live", "operate", null),
        ("POST", "/models/v1/promote", "/models/{version}/promote", "operate", "{}"),
        ("POST", "/models/v2/rollback", "/models/{version}/rollback", "operate", "{}"),
        ("POST", "/models/v1/archive", "/models/{version}/archive", "operate", "{}"),
        ("POST", "/retrain", "/retrain", "operate", "{}"),
        ("GET", "/retrain", "/retrain", "operate", null),
        ("GET", "/drift", "/drift", "operate", null),
        ("POST", "/replay", "/replay", "operate", """{"partition":3,"offset":0}"""),
        ("GET", "/replay", "/replay", "operate", null),
        ("GET", "/dashboard", "/dashboard", "operate", null),
        ("GET", "/undeclared", "/undeclared", "admin", null),
        ("GET", "/health", "/health", Open, null),
        ("GET", "/health/live", "/health/live", Open, null),
        ("GET", "/health/ready", "/health/ready", Open, null),
        ("GET", "/metrics", "/metrics", Open, null),
        ("GET", "/openapi/v1.json", "/openapi/{documentName}.json", Open, null),
        ("GET", "/", "/", Open, null),
        ("GET", "/docs", "/docs/{documentName?}", Open, null),
    ];

    private static readonly string[] Refused =
        ["", "expired", "revoked", "unknown", "configured, expired", "token expired"];

    private static readonly string[] Roles = ["score", "label", "operate", "admin"];

    public static TheoryData<string, string, string, int> Matrix()
    {
        var matrix = new TheoryData<string, string, string, int>();
        foreach (var (method, path, _, role, _) in Endpoints)
        {
            foreach (var caller in Refused)
            {
                matrix.Add(method, path, caller, role == Open ? 200 : 401);
            }

            foreach (var own in Roles)
            {
                var status = role == Open || own == role || own == "admin" ? 200 : 403;
                matrix.Add(method, path, own, status);
                matrix.Add(method, path, "token " + own, status);
            }

            matrix.Add(method, path, "configured", 200);
        }

        return matrix;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Only_those_who_may_pass(string method, string path, string caller, int expected)
    {
        var body = Array.Find(Endpoints, e => e.Method == method && e.Path == path).Body;
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (caller.StartsWith("token", StringComparison.Ordinal))
        {
            request.Headers.Authorization = new("Bearer", api.Of(caller));
        }
        else if (caller.Length > 0)
        {
            request.Headers.Add("X-Api-Key", api.Of(caller));
        }

        var answer = await Answer.SendAsync(api.Client, request);

        if (expected == 200)
        {
            Assert.True((int)answer.Status is >= 200 and < 400, $"{answer.Status} {answer.Body}");
            return;
        }

        answer.IsProblem((HttpStatusCode)expected);
        Assert.Equal(expected == 401, answer.Response.Headers.WwwAuthenticate.Count > 0);
        Assert.DoesNotContain("levee_", answer.Body, StringComparison.Ordinal);

        // Why a key is refused, and whose it was, is nobody's business.
        Assert.Equal(
            expected == 401 ? "A valid API key or bearer token is needed." : "This caller may not do this.",
            answer.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public void Every_endpoint_is_in_the_matrix()
    {
        var known = Endpoints.Select(endpoint => endpoint.Route).ToHashSet(StringComparer.Ordinal);

        Assert.All(
            api.Endpoints.Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')),
            route => Assert.True(
                known.Contains(route) || route.StartsWith("/docs", StringComparison.Ordinal)
                || known.Contains(route.StartsWith("/v1/", StringComparison.Ordinal) ? route[3..] : route),
                $"{route} is not in the matrix"));
    }
}
