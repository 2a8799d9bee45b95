using System.Net;
using System.Text;
using Levee.Api.Tests.Cluster;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class StablePrefixTests : IDisposable
{
    private readonly ApiFixture _api;

    public StablePrefixTests(ApiFixture api)
    {
        _api = api;
        api.System.Reset();
    }

    public void Dispose() => _api.System.Reset();

    [Fact]
    public async Task Every_documented_path_answers_the_same_below_v1()
    {
        _api.System.Models = [FakeSystem.Model("v1", "Production")];
        var document = await Answer.GetAsync(_api.Client, "/openapi/v1.json");
        var count = 0;
        foreach (var path in document.Json.GetProperty("paths").EnumerateObject())
        {
            Assert.False(path.Name.StartsWith("/v1", StringComparison.Ordinal), path.Name);
            var address = path.Name.Replace("{id}", "42", StringComparison.Ordinal).Replace("{version}", "v1", StringComparison.Ordinal);
            foreach (var method in path.Value.EnumerateObject().Select(operation => new HttpMethod(operation.Name.ToUpperInvariant())))
            {
                var plain = await SendAsync(method, address);
                var stable = await SendAsync(method, "/v1" + address);
                Assert.Equal((plain.Status, plain.MediaType), (stable.Status, stable.MediaType));
                Assert.NotEqual(HttpStatusCode.NotFound, stable.Status);
                count++;
            }
        }

        Assert.True(count > 15, $"only {count} operations were tried");
    }

    [Fact]
    public async Task Scores_and_errors_are_those_of_the_plain_path()
    {
        const string Good = """{"customer_id":501,"merchant_id":7,"amount":5}""";
        var score = await Answer.PostAsync(_api.Client, "/v1/predict", Good);
        var bad = await Answer.PostAsync(_api.Client, "/v1/predict", "{}");

        Assert.Equal((HttpStatusCode.OK, "v1"), (score.Status, score.Json.GetProperty("model_version").GetString()));
        Assert.Equal(["customer_id", "merchant_id", "amount"], bad.IsProblem(HttpStatusCode.BadRequest).Fields);
        (await Answer.GetAsync(_api.Client, "/v2/models")).IsProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_document_names_the_prefix_and_is_OpenAPI_3_1()
    {
        var document = (await Answer.GetAsync(_api.Client, "/openapi/v1.json")).Json;

        Assert.StartsWith("3.1.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Contains("/v1", document.GetProperty("info").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_with_a_body_has_an_example_that_its_schema_knows()
    {
        var document = (await Answer.GetAsync(_api.Client, "/openapi/v1.json")).Json;
        var schemas = document.GetProperty("components").GetProperty("schemas");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                foreach (var response in operation.Value.GetProperty("responses").EnumerateObject().Where(r => r.Value.TryGetProperty("content", out _)))
                {
                    var content = response.Value.GetProperty("content").EnumerateObject().First().Value;
                    var where = $"{operation.Name} {path.Name} {response.Name}";
                    Assert.True(content.TryGetProperty("example", out var example), $"{where} has no example");
                    var schema = content.GetProperty("schema");
                    (schema, example) = schema.TryGetProperty("items", out var items) ? (items, example[0]) : (schema, example);
                    var known = schemas.GetProperty(schema.GetProperty("$ref").GetString()!.Split('/')[^1]);
                    var names = known.GetProperty("properties").EnumerateObject().Select(p => p.Name).ToHashSet();
                    Assert.All(example.EnumerateObject(), field => Assert.True(names.Contains(field.Name), $"{where}: {field.Name}"));
                    var required = known.TryGetProperty("required", out var list) ? list.EnumerateArray().Select(r => r.GetString()!) : [];
                    Assert.All(required, field => Assert.True(example.TryGetProperty(field, out _), $"{where} lacks {field}"));
                }
            }
        }
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path)
    {
        using var message = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        message.Content = method == HttpMethod.Post ? new StringContent("{}", Encoding.UTF8, "application/json") : null;
        return await Answer.SendAsync(_api.Client, message);
    }
}
