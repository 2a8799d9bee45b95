using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Levee.Testing;

namespace Levee.Api.Tests.Security;

public sealed partial class SecurityTests(SecuredApi api) : IClassFixture<SecuredApi>
{
    private const string Transaction = """{"customer_id":424242,"merchant_id":1,"amount":1,"card_last_4":"9876"}""";

    [Fact]
    public async Task A_key_is_a_bearer_token_too_but_not_the_password_of_a_change()
    {
        var bearer = await SendAsync(HttpMethod.Post, "/predict", "Bearer " + api.Of("score"), Transaction);
        var dashboard = await SendAsync(HttpMethod.Get, "/dashboard", Basic(api.Of("operate")));
        var promotion = await SendAsync(HttpMethod.Post, "/models/v1/promote", Basic(api.Of("operate")), "{}");
        var nobody = await SendAsync(HttpMethod.Get, "/dashboard", Basic(api.Of("unknown")));

        Assert.Equal(HttpStatusCode.OK, bearer.Status);
        Assert.Equal(HttpStatusCode.OK, dashboard.Status);
        promotion.IsProblem(HttpStatusCode.Unauthorized);
        Assert.Equal("Basic", Assert.Single(nobody.IsProblem(HttpStatusCode.Unauthorized).Response.Headers.WwwAuthenticate).Scheme);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Basic %%%")]
    [InlineData("Negotiate abc")]
    public async Task Nonsense_is_401(string authorization) =>
        (await SendAsync(HttpMethod.Get, "/models", authorization)).IsProblem(HttpStatusCode.Unauthorized);

    [Theory]
    [InlineData("/predict", HttpStatusCode.MethodNotAllowed)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_said_to_all(string path, HttpStatusCode status) =>
        (await Answer.GetAsync(api.Client, path)).IsProblem(status);

    [Fact]
    public async Task Tokens_of_others_are_401()
    {
        var later = TimeProvider.System.GetUtcNow().AddHours(1);
        using var other = RSA.Create(2048);

        (await SendAsync(HttpMethod.Get, "/models", "Bearer " + api.Issuer.Sign(later, "another", roles: "admin"))).IsProblem(HttpStatusCode.Unauthorized);
        (await SendAsync(HttpMethod.Get, "/models", "Bearer " + api.Issuer.Sign(later, with: other, roles: "admin"))).IsProblem(HttpStatusCode.Unauthorized);
        (await SendAsync(HttpMethod.Get, "/models", "Bearer " + api.Issuer.Sign(later, roles: "root"))).IsProblem(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Get, "/models", "Bearer " + api.Issuer.Sign(later, roles: "score operate"))).Ok();
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("at+jwt", HttpStatusCode.OK)]
    [InlineData("jwt", HttpStatusCode.OK)]
    [InlineData("logout+jwt", HttpStatusCode.Unauthorized)]
    public async Task A_token_may_name_no_type_but_none_that_is_for_something_else(string? type, HttpStatusCode status)
    {
        var token = api.Issuer.Retype(api.Of("token operate"), type);

        Assert.Equal(status, (await SendAsync(HttpMethod.Get, "/models", "Bearer " + token)).Status);
    }

    [Fact]
    public async Task A_new_key_works_and_a_revoked_one_does_not_within_seconds()
    {
        var now = TimeProvider.System.GetUtcNow();
        var first = (await api.Store.CreateAsync("turning", ["operate"], now, null, CancellationToken.None))!;
        Assert.Null(await api.Store.CreateAsync("turning", ["operate"], now, null, CancellationToken.None));
        await UntilAsync(first, HttpStatusCode.OK);

        var second = (await api.Store.RotateAsync("turning", now, TimeSpan.FromHours(1), null, CancellationToken.None))!;
        await UntilAsync(second, HttpStatusCode.OK);
        await UntilAsync(first, HttpStatusCode.OK);

        Assert.Equal(2, await api.Store.RevokeAsync("turning", now, CancellationToken.None));
        await UntilAsync(first, HttpStatusCode.Unauthorized);
        await UntilAsync(second, HttpStatusCode.Unauthorized);
        Assert.Null(await api.Store.RotateAsync("turning", now, TimeSpan.Zero, null, CancellationToken.None));
    }

    [Fact]
    public async Task Known_keys_work_while_the_database_does_not()
    {
        await ExecuteAsync("ALTER TABLE api_keys RENAME TO api_keys_away");
        try
        {
            await Eventually.HoldsAsync(() => api.Logs.Lines.Any(line => line.Contains("could not be read", StringComparison.Ordinal)));
            (await SendAsync(HttpMethod.Get, "/models", "Bearer " + api.Of("operate"))).Ok();
            (await SendAsync(HttpMethod.Get, "/models", "Bearer " + api.Of("unknown"))).IsProblem(HttpStatusCode.Unauthorized);
        }
        finally
        {
            await ExecuteAsync("ALTER TABLE api_keys_away RENAME TO api_keys");
        }

        await Eventually.HoldsAsync(() => api.Logs.Lines.Any(line => line.Contains("can be read again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_asks_too_often_waits_and_nobody_else_does()
    {
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++)
        {
            var answer = await SendAsync(HttpMethod.Post, "/predict", "Bearer " + api.Of("limited"), Transaction);
            statuses.Add(answer.Status);
            if (answer.Status == HttpStatusCode.TooManyRequests)
            {
                answer.IsProblem(HttpStatusCode.TooManyRequests);
                Assert.InRange(answer.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 2);
            }
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK], statuses.Take(3));
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        (await SendAsync(HttpMethod.Post, "/predict", "Bearer " + api.Of("score"), Transaction)).Ok();
    }

    [Fact]
    public async Task A_batch_counts_by_its_rows_up_to_the_burst()
    {
        var ten = $"[{string.Join(',', Enumerable.Repeat(Transaction, 10))}]";
        var key = "Bearer " + api.Of("batches");

        // A bucket of three, filled by one a second: whatever the size of the first, it takes all.
        (await SendAsync(HttpMethod.Post, "/predict/batch", key, ten)).Ok();
        var second = await SendAsync(HttpMethod.Post, "/predict/batch", key, ten);
        Assert.InRange(second.IsProblem(HttpStatusCode.TooManyRequests).Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 3);
        (await SendAsync(HttpMethod.Post, "/predict/batch", "Bearer " + api.Of("score"), ten)).Ok();
    }

    [Fact]
    public async Task What_operators_do_is_noted_with_their_names_and_without_secrets()
    {
        var token = "Bearer " + api.Of("token operate");
        (await SendAsync(HttpMethod.Post, "/models/v1/promote", "Bearer " + api.Of("operate"), """{"who":"somebody else","reason":"why"}""")).Ok();
        (await SendAsync(HttpMethod.Post, "/models/v1/archive", token, "{}")).Ok();
        (await SendAsync(HttpMethod.Post, "/retrain", "Bearer " + api.Of("score"), "{}")).IsProblem(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Post, "/predict", "Bearer " + api.Of("score"), Transaction)).Ok();

        Assert.Contains("promote v1 by operate: why", api.System.Transitions);
        Assert.Contains(api.System.Transitions, line => line.StartsWith("archive v1 by jwt:anna_@bank", StringComparison.Ordinal));
        var audit = api.Logs.Lines.Where(line => line.Contains("Levee.Audit", StringComparison.Ordinal)).ToArray();
        Assert.Contains(audit, line => line.Contains("operate: POST /models/{version}/promote version v1, answered 200 at 2", StringComparison.Ordinal));
        Assert.Contains(audit, line => line.Contains("score: POST /retrain version -, answered 403", StringComparison.Ordinal));
        foreach (var secret in api.Keys)
        {
            Assert.DoesNotContain(api.Logs.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        }

        // Numbers by themselves: a time or a port may have the same digits.
        Assert.DoesNotContain(api.Logs.Lines, line => CustomerOrCard().IsMatch(line));
    }

    [Fact]
    public async Task What_an_operator_asked_for_is_noted_also_when_the_answer_was_not_waited_for()
    {
        api.System.Hang = true;
        try
        {
            using var gone = new CancellationTokenSource();
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/retrain", UriKind.Relative)) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + api.Of("operate"));
            var asked = api.Client.SendAsync(request, gone.Token);
            await Eventually.HoldsAsync(() => api.System.Hanging > 0);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

            await Eventually.HoldsAsync(
                () => api.Logs.Lines.Any(line => line.Contains("operate: POST /retrain version -, answered 499", StringComparison.Ordinal)));
        }
        finally
        {
            api.System.Hang = false;
        }
    }

    [Fact]
    public async Task Only_pages_of_the_configured_origin_may_call()
    {
        var allowed = await PreflightAsync("https://app.example");
        var other = await PreflightAsync("https://evil.example");

        Assert.Equal("https://app.example", Assert.Single(allowed.Response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(other.Response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/models", "default-src 'none'; frame-ancestors 'none'")]
    [InlineData("/health/live", "default-src 'none'; frame-ancestors 'none'")]
    [InlineData("/nothing", "default-src 'none'; frame-ancestors 'none'")]
    [InlineData("/dashboard", "frame-ancestors 'none'")]
    public async Task Every_answer_has_the_security_headers(string path, string policy)
    {
        var headers = (await Answer.GetAsync(api.Client, path)).Response.Headers;

        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(headers.GetValues("Referrer-Policy")));
        Assert.Equal(policy, Assert.Single(headers.GetValues("Content-Security-Policy")));
        Assert.False(headers.Contains("Strict-Transport-Security"));
    }

    private static string Basic(string key) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("anna:" + key));

    private async Task<Answer> PreflightAsync(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, new Uri("/predict", UriKind.Relative));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "x-api-key");
        return await Answer.SendAsync(api.Client, request);
    }

    [GeneratedRegex(@"(?<!\d)(424242|9876)(?!\d)")]
    private static partial Regex CustomerOrCard();

    private async Task<Answer> SendAsync(HttpMethod method, string path, string authorization, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await Answer.SendAsync(api.Client, request);
    }

    private async Task UntilAsync(string key, HttpStatusCode status) =>
        await Eventually.HoldsAsync(async () => (await SendAsync(HttpMethod.Get, "/models", "Bearer " + key)).Status == status);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = api.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
