using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Levee.Api.Tests.Cluster;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class OpenApiTests : IDisposable
{
    private readonly ApiFixture _api;

    public OpenApiTests(ApiFixture api)
    {
        _api = api;
        api.System.Reset();

        // The examples roll back v1, the version that a new system serves.
        api.System.Models = [FakeSystem.Model("v1", "Production")];
    }

    public void Dispose() => _api.System.Reset();

    [Fact]
    public async Task Every_route_is_documented()
    {
        var paths = (await DocumentAsync()).GetProperty("paths");
        var routes = paths.EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => $"{o.Name} {p.Name}"));

        Assert.Equal(
            [
                "get /customers/{id}/features", "get /drift", "get /health", "get /health/live", "get /health/ready", "get /models", "get /models/history",
                "get /models/live", "get /replay", "get /retrain", "post /labels", "post /models/{version}/archive", "post /models/{version}/promote", "post /models/{version}/rollback", "post /predict", "post /predict/batch", "post /replay", "post /retrain",
            ],
            routes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_and_how_it_fails()
    {
        foreach (var (path, method, operation) in Operations(await DocumentAsync()))
        {
            Assert.False(string.IsNullOrWhiteSpace(operation.GetProperty("summary").GetString()), path);
            Assert.False(string.IsNullOrWhiteSpace(operation.GetProperty("description").GetString()), path);
            var responses = operation.GetProperty("responses");
            Assert.Equal(operation.TryGetProperty("requestBody", out _), responses.TryGetProperty("408", out _));
            if (path != "/health/live")
            {
                Assert.True(responses.TryGetProperty("503", out _), $"{method} {path} does not say 503");
            }

            foreach (var status in new[] { "400", "413", "415" }.Where(s => method == "post" || responses.TryGetProperty(s, out _)))
            {
                var schema = responses.GetProperty(status).GetProperty("content").GetProperty("application/problem+json").GetProperty("schema");
                Assert.EndsWith("HttpValidationProblemDetails", schema.GetProperty("$ref").GetString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_batch_is_documented_in_lines_too_and_refusals_say_when_to_come_again()
    {
        var batch = (await DocumentAsync()).GetProperty("paths").GetProperty("/predict/batch").GetProperty("post");
        var body = batch.GetProperty("requestBody").GetProperty("content").GetProperty("application/x-ndjson");
        var answer = batch.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/x-ndjson");

        Assert.EndsWith("/PredictBody", body.GetProperty("schema").GetProperty("$ref").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("/BatchRowAnswer", answer.GetProperty("schema").GetProperty("$ref").GetString(), StringComparison.Ordinal);
        using var content = new StringContent(body.GetProperty("example").GetString()!, Encoding.UTF8, "application/x-ndjson");
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri("/predict/batch", UriKind.Relative)) { Content = content };
        var lines = (await Answer.SendAsync(_api.Client, message)).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Contains("fraud_probability", line, StringComparison.Ordinal));
        Assert.True(batch.GetProperty("responses").TryGetProperty("408", out _));
        foreach (var status in (string[])["429", "503"])
        {
            Assert.True(batch.GetProperty("responses").GetProperty(status).GetProperty("headers").TryGetProperty("Retry-After", out _), status);
        }
    }

    [Fact]
    public async Task Every_example_works_when_it_is_sent()
    {
        var sent = 0;
        foreach (var (path, method, operation) in Operations(await DocumentAsync()))
        {
            var address = new Uri(Fill(path, operation), UriKind.Relative);
            foreach (var body in Bodies(operation))
            {
                using var message = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), address)
                {
                    Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
                };
                var answer = await Answer.SendAsync(_api.Client, message);
                Assert.True((int)answer.Status is >= 200 and < 300, $"{method} {address} {body}: {answer.Status} {answer.Body}");
                AssertDocumented(operation, answer);
                sent++;
            }
        }

        Assert.True(sent > 14, $"only {sent} requests were sent");
    }

    [Fact]
    public async Task Answers_have_the_fields_that_the_document_says()
    {
        var document = await DocumentAsync();
        var schema = document.GetProperty("components").GetProperty("schemas").GetProperty("PredictAnswer");
        var answer = await Answer.PostAsync(_api.Client, "/predict?explain=true", """{"customer_id":1,"merchant_id":1,"amount":1}""");
        var withoutReasons = $$"""{"customer_id":{{FakeSystem.UnexplainedCustomer}},"merchant_id":1,"amount":1}""";
        var unexplained = await Answer.PostAsync(_api.Client, "/predict?explain=true", withoutReasons);
        var batch = await Answer.PostAsync(
            _api.Client, "/predict/batch?explain=true", $$"""[{"customer_id":1,"merchant_id":1,"amount":1}, {{withoutReasons}}, 1]""");
        var row = document.GetProperty("components").GetProperty("schemas").GetProperty("BatchRowAnswer");

        Assert.Equal(
            row.GetProperty("properties").EnumerateObject().Select(p => p.Name),
            batch.Json.EnumerateArray().SelectMany(r => r.EnumerateObject().Select(p => p.Name)).Distinct());
        Assert.Equal(
            schema.GetProperty("properties").EnumerateObject().Select(p => p.Name),
            answer.Json.EnumerateObject().Concat(unexplained.Json.EnumerateObject()).Select(p => p.Name).Distinct());
        var request = document.GetProperty("components").GetProperty("schemas").GetProperty("PredictBody");
        Assert.Equal(
            ["customer_id", "merchant_id", "amount"], request.GetProperty("required").EnumerateArray().Select(r => r.GetString()));
    }

    [Fact]
    public async Task Schemas_are_as_strict_as_the_parsers()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");
        Assert.All(schemas.EnumerateObject(), s => Assert.Matches("^[a-zA-Z0-9._-]+$", s.Name));

        Assert.Equal("\"integer\"", Property("PredictBody", "customer_id").GetProperty("type").GetRawText());
        Assert.Equal("\"number\"", Property("PredictBody", "amount").GetProperty("type").GetRawText());
        Assert.False(Property("PredictBody", "customer_id").TryGetProperty("maximum", out _));
        Assert.Equal(["null", "integer", "string"], Types("PredictBody", "timestamp"));
        Assert.Equal(["integer", "boolean"], Types("LabelBody", "is_fraud").OrderDescending());

        JsonElement Property(string schema, string name) => schemas.GetProperty(schema).GetProperty("properties").GetProperty(name);

        IEnumerable<string?> Types(string schema, string name) =>
            Property(schema, name).GetProperty("type").EnumerateArray().Select(t => t.GetString());
    }

    [Fact]
    public async Task The_documentation_page_needs_nothing_from_elsewhere()
    {
        var root = await Answer.GetAsync(_api.Client, "/");
        Assert.Equal("/docs", root.Response.Headers.Location?.ToString());
        using var browser = new HttpClient { BaseAddress = _api.Address };
        var page = await Answer.GetAsync(browser, "/docs");

        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.MediaType));
        Assert.Contains("default-src 'self'", Assert.Single(page.Response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("cdn.", page.Body, StringComparison.OrdinalIgnoreCase);
        var sources = Regex.Matches(page.Body, "(?:src|href)=\"([^\"]+)\"").Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(sources);
        foreach (var source in sources.Where(s => !s.StartsWith("data:", StringComparison.Ordinal)))
        {
            var asset = new Uri(page.Response.RequestMessage!.RequestUri!, source);
            Assert.Equal(_api.Address.Authority, asset.Authority);
            using var response = await browser.GetAsync(asset);
            Assert.True(response.IsSuccessStatusCode, $"{asset}: {response.StatusCode}");
        }
    }

    private static void AssertDocumented(JsonElement operation, Answer answer)
    {
        var status = ((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(operation.GetProperty("responses").TryGetProperty(status, out var response), $"{status} is not documented");
        Assert.True(response.GetProperty("content").TryGetProperty(answer.MediaType!, out _), $"{answer.MediaType} is not documented");
    }

    /// <summary>The examples of the body; null stands for none, where the document allows it.</summary>
    private static IEnumerable<string?> Bodies(JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
        {
            return [null];
        }

        var examples = body.GetProperty("content").GetProperty("application/json").GetProperty("examples").EnumerateObject()
            .Select(string? (e) => e.Value.GetProperty("value").GetRawText());
        var isRequired = body.TryGetProperty("required", out var required) && required.GetBoolean();
        return isRequired ? examples : examples.Append(null);
    }

    private static string Fill(string path, JsonElement operation)
    {
        foreach (var parameter in operation.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToArray() : [])
        {
            if (parameter.GetProperty("in").GetString() == "path")
            {
                path = path.Replace($"{{{parameter.GetProperty("name").GetString()}}}", parameter.GetProperty("example").ToString(), StringComparison.Ordinal);
            }
        }

        return path;
    }

    private static IEnumerable<(string Path, string Method, JsonElement Operation)> Operations(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => (p.Name, o.Name, o.Value)));

    private async Task<JsonElement> DocumentAsync()
    {
        var answer = await Answer.GetAsync(_api.Client, "/openapi/v1.json");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json;
    }
}
