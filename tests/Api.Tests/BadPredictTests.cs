using System.Net;
using System.Text;
using Levee.Api.Tests.Cluster;

namespace Levee.Api.Tests;

/// <summary>Every way to get POST /predict wrong, with the fields that the answer must name.</summary>
[Collection(ApiCollection.Name)]
public sealed class BadPredictTests(ApiFixture api)
{
    private const string Deep = "{\"customer_id\":1,\"merchant_id\":1,\"amount\":1,\"x\":";

    public static TheoryData<string, string> BadFields => new()
    {
        { "amount", "0" }, { "amount", "-1" }, { "amount", "0.001" }, { "amount", "12.345" }, { "amount", "10000000000" },
        { "amount", "1e400" }, { "amount", "1e28" }, { "amount", "79228162514264337593543950336" }, { "amount", new string('9', 400) },
        { "amount", "\"12.50\"" }, { "amount", "true" }, { "amount", "null" }, { "amount", "[1]" }, { "amount", "{\"value\":1}" },
        { "amount", "NaN" }, { "amount", "Infinity" }, { "amount", "-Infinity" }, { "amount", "\"NaN\"" }, { "amount", "01" },
        { "customer_id", "0" }, { "customer_id", "-42" }, { "customer_id", "1.5" }, { "customer_id", "1.0" }, { "customer_id", "1e3" },
        { "customer_id", "9223372036854775808" }, { "customer_id", "\"42\"" }, { "customer_id", "null" }, { "customer_id", "[]" },
        { "merchant_id", "0" }, { "merchant_id", "-1" }, { "merchant_id", "\"seven\"" }, { "merchant_id", "null" }, { "merchant_id", "{}" },
        { "merchant_id", "99999999999999999999999999" }, { "merchant_id", "false" },
        { "transaction_id", "\"no-uuid\"" }, { "transaction_id", "7" }, { "transaction_id", "\"00000000-0000-0000-0000-000000000000\"" },
        { "transaction_id", "\"\\ud800\"" },
        { "currency", "\"euro\"" }, { "currency", "\"eur\"" }, { "currency", "\"ZZZ\"" }, { "currency", "978" }, { "currency", "\"\"" },
        { "currency", "\"E\\ud800R\"" },
        { "timestamp", "\"yesterday\"" }, { "timestamp", "\"2026-01-31T12:00:00\"" }, { "timestamp", "\"2026-02-30T12:00:00Z\"" },
        { "timestamp", "\"2026-01-31\"" }, { "timestamp", "-1" }, { "timestamp", "1.5" }, { "timestamp", "1e400" }, { "timestamp", "true" },
        { "timestamp", "\"9999-12-31T23:59:59Z\"" }, { "timestamp", "253402300799999" }, { "timestamp", "9223372036854775807" },
        { "timestamp", "\"1960-01-01T00:00:00Z\"" }, { "timestamp", "\"\"" }, { "timestamp", "\"T+00:00\"" },
        { "card_last_4", "4242" }, { "card_last_4", "\"424\"" }, { "card_last_4", "\"42424\"" }, { "card_last_4", "\"42a2\"" },
        { "card_last_4", "\"٤٢٤٢\"" },
        { "country", "\"DEU\"" }, { "country", "\"de\"" }, { "country", "49" }, { "country", "\"\\u0000\\u0000\"" },
        { "device_type", "\"\"" }, { "device_type", "5" }, { "device_type", "\"a\\u0000b\"" }, { "device_type", "\"" + new string('d', 65) + "\"" },
        { "transaction_count", "-1" }, { "transaction_count", "1.5" }, { "transaction_count", "2147483648" }, { "transaction_count", "\"3\"" },
        { "avg_amount", "-0.01" }, { "avg_amount", "1e400" }, { "avg_amount", "\"57\"" }, { "avg_amount", "NaN" }, { "avg_amount", "[]" },
    };

    [Theory]
    [MemberData(nameof(BadFields))]
    public async Task A_bad_value_is_400_and_names_its_field(string field, string value)
    {
        var fields = new Dictionary<string, string> { ["customer_id"] = "1", ["merchant_id"] = "1", ["amount"] = "1", [field] = value };
        var answer = await PostAsync("{" + string.Join(",", fields.Select(f => $"\"{f.Key}\":{f.Value}")) + "}");

        answer.IsProblem(HttpStatusCode.BadRequest);
        Assert.Equal([field], answer.Fields);
        Assert.Matches("expected|is required", answer.Message(field));
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("   ", "body")]
    [InlineData("null", "body")]
    [InlineData("[]", "body")]
    [InlineData("42", "body")]
    [InlineData("\"text\"", "body")]
    [InlineData("{", "body")]
    [InlineData("{}", "customer_id,merchant_id,amount")]
    [InlineData("{\"amount\":1}", "customer_id,merchant_id")]
    [InlineData("{\"Amount\":1,\"customer_id\":1,\"merchant_id\":1}", "amount")]
    [InlineData("{\"customer_id\":-1,\"merchant_id\":0,\"amount\":0,\"currency\":7,\"avg_amount\":-1}",
        "customer_id,merchant_id,amount,currency,avg_amount")]
    [InlineData("{\"customer_id\":1,\"merchant_id\":1,\"amount\":1,\"amount\":2}", "amount")]
    [InlineData("{\"customer_id\":1,\"merchant_id\":1,\"amount\":1,\"amount\":1}", "amount")]
    [InlineData("{\"customer_id\":1,\"merchant_id\":1,\"amount\":1} {}", "body")]
    [InlineData("{\"customer_id\":1,\"merchant_id\":1,\"amount\":1},", "body")]
    [InlineData("{\"customer_id\":1,\"merchant_id\":1,\"amount\":1,}", "body")]
    [InlineData("{\"customer_id\":1,\"merchant_id\":1 \"amount\":1}", "body")]
    [InlineData("{\"customer_id\":1,\"merchant_id\":1,\"amount\":", "amount")]
    [InlineData("{'customer_id':1}", "body")]
    [InlineData("{\"customer_id\":1,/* why */\"merchant_id\":1,\"amount\":1}", "body")]
    [InlineData("\ufeff{\"customer_id\":1,\"merchant_id\":1,\"amount\":1}", "body")]
    public async Task A_bad_body_is_400_and_names_everything(string json, string fields)
    {
        var answer = await PostAsync(json);

        Assert.Equal(fields.Split(','), answer.IsProblem(HttpStatusCode.BadRequest).Fields);
    }

    [Fact]
    public async Task Too_deep_is_400()
    {
        var answer = await PostAsync(Deep + new string('[', 10_000) + new string(']', 10_000) + "}");

        Assert.Equal(["body"], answer.IsProblem(HttpStatusCode.BadRequest).Fields);
    }

    [Fact]
    public async Task Invalid_utf8_is_400()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes("{\"customer_id\":1,\"merchant_id\":1,\"amount\":1,\"x\":\""), 0xC3, 0x28, (byte)'"', (byte)'}'];
        var answer = await PostAsync(body, "application/json");

        Assert.Contains("UTF-8", answer.IsProblem(HttpStatusCode.BadRequest).Message("body"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64 * 1024, HttpStatusCode.OK)]
    [InlineData((64 * 1024) + 1, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(10 * 1024 * 1024, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Large_bodies_are_413(int size, HttpStatusCode status)
    {
        const string Start = "{\"customer_id\":1,\"merchant_id\":1,\"amount\":1,\"pad\":\"";
        var body = Encoding.UTF8.GetBytes(Start + new string('p', size - Start.Length - 2) + "\"}");
        Assert.Equal(size, body.Length);

        foreach (var chunked in new[] { false, true })
        {
            var answer = await PostAsync(body, "application/json", chunked);
            Assert.Equal(status, answer.Status);
            if (status != HttpStatusCode.OK)
            {
                Assert.Contains("65536", answer.IsProblem(status).Message("body"), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/xml")]
    [InlineData("nonsense")]
    public async Task Another_content_type_is_415(string? contentType)
    {
        var answer = await PostAsync("{\"customer_id\":1,\"merchant_id\":1,\"amount\":1}"u8.ToArray(), contentType);

        Assert.Equal(["content-type"], answer.IsProblem(HttpStatusCode.UnsupportedMediaType).Fields);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=\"UTF-8\"")]
    [InlineData("application/vnd.levee+json")]
    public async Task Json_by_any_of_its_names_is_read(string contentType)
    {
        var answer = await PostAsync("{\"customer_id\":1,\"merchant_id\":1,\"amount\":1}"u8.ToArray(), contentType);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("GET", "/predict", HttpStatusCode.MethodNotAllowed)]
    [InlineData("PUT", "/predict", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/predictions", HttpStatusCode.NotFound)]
    public async Task Another_method_or_path_is_a_problem_too(string method, string path, HttpStatusCode status)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        using var response = await api.Client.SendAsync(message);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_answer_does_not_repeat_what_was_sent()
    {
        var answer = await PostAsync("{\"customer_id\":\"<script>\",\"merchant_id\":1,\"amount\":1,\"card_last_4\":\"4242424242424242\"}");

        Assert.DoesNotContain("4242424242424242", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("script", answer.Body, StringComparison.Ordinal);
    }

    private Task<Answer> PostAsync(string json) => PostAsync(Encoding.UTF8.GetBytes(json), "application/json");

    private async Task<Answer> PostAsync(byte[] body, string? contentType, bool chunked = false)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri("/predict", UriKind.Relative))
        {
            Content = new ByteArrayContent(body),
        };
        if (contentType is not null)
        {
            message.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        message.Headers.TransferEncodingChunked = chunked;
        return await Answer.SendAsync(api.Client, message);
    }
}
