using System.Net;
using System.Text;
using System.Text.Json;
using Levee.Api.Tests.Cluster;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class PredictBatchTests(ApiFixture api)
{
    private const int Most = 10_000;

    [Fact]
    public async Task Rows_are_answered_in_order_and_one_that_is_at_fault_does_not_touch_the_others()
    {
        var answer = await Answer.PostAsync(api.Client, "/predict/batch", $$"""
            [{"customer_id":301,"merchant_id":7,"amount":5}, {"customer_id":302,"merchant_id":7,"amount":-5}, 17,
             {"customer_id":{{FakeSystem.FailingCustomer}},"merchant_id":7,"amount":5}, {"customer_id":{{FakeSystem.OverloadedCustomer}},"merchant_id":7,"amount":5},
             {"customer_id":303,"merchant_id":7,"amount":5000}]
            """);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/json", answer.MediaType);
        var rows = answer.Json.EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2, 3, 4, 5], rows.Select(row => row.GetProperty("index").GetInt32()));
        Assert.Equal((0, "v1"), (rows[0].GetProperty("is_fraud").GetInt32(), rows[0].GetProperty("model_version").GetString()));
        Assert.Equal(1, rows[5].GetProperty("is_fraud").GetInt32());
        Assert.Equal([400, 400, 500, 503], rows[1..5].Select(row => row.GetProperty("error").GetProperty("status").GetInt32()));
        Assert.Equal(["amount"], rows[1].GetProperty("error").GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.Equal(["body"], rows[2].GetProperty("error").GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.DoesNotContain("ArithmeticException", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("900001", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_are_answered_with_lines()
    {
        const string Body = "{\"customer_id\":311,\"merchant_id\":7,\"amount\":5}\r\n\n  \nnot json\n{\"customer_id\":312,\"merchant_id\":7,\"amount\":6}";
        using var content = new StringContent(Body, Encoding.UTF8, "application/x-ndjson");
        var answer = await Answer.PostAsync(api.Client, "/predict/batch?explain=true", content);

        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (answer.Status, answer.MediaType));
        var rows = answer.Body.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal([0, 1, 2], rows.Select(row => row.GetProperty("index").GetInt32()));
        Assert.Equal(2, rows[0].GetProperty("reasons").GetArrayLength());
        Assert.Equal(400, rows[1].GetProperty("error").GetProperty("status").GetInt32());
        Assert.Equal(0.125, rows[2].GetProperty("fraud_probability").GetDouble());
        Assert.Equal("""{"customer_id":312,"merchant_id":7,"amount":6}""", Encoding.UTF8.GetString(api.System.Scored[312].RequestJson!));
    }

    [Fact]
    public async Task A_row_may_be_as_large_as_a_request_and_what_pads_it_is_not_logged()
    {
        const int limit = 64 * 1024;
        string Padded(int customer, int bytes) => $$"""{"customer_id":{{customer}},"merchant_id":7,"amount":5}""".PadRight(bytes);
        var lines = string.Join('\n', Padded(313, limit - 1)[..^1] + "}", $$"""{"customer_id":314,{{new string(' ', limit)}}"merchant_id":7,"amount":5}""",
            $$"""{"customer_id":315,{{new string(' ', 2_000)}}"merchant_id":7,"amount":5}""");
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        var answer = await Answer.PostAsync(api.Client, "/predict/batch", content);

        var rows = answer.Body.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal([400, 413], rows[..2].Select(row => row.GetProperty("error").GetProperty("status").GetInt32()));
        Assert.Equal(0, rows[2].GetProperty("is_fraud").GetInt32());
        Assert.InRange(api.System.Scored[315].RequestJson!.Length, 40, 200);
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData(" [ ] ", 0)]
    public async Task No_rows_are_no_answers(string body, int rows)
    {
        var answer = await Answer.PostAsync(api.Client, "/predict/batch", body);

        Assert.Equal((HttpStatusCode.OK, rows), (answer.Status, answer.Json.GetArrayLength()));
    }

    [Fact]
    public async Task Ten_thousand_rows_are_answered_and_one_more_is_refused_as_a_whole()
    {
        var rows = Enumerable.Range(0, Most).Select(i => $$"""{"customer_id":{{400_000 + i}},"merchant_id":7,"amount":{{1 + (i % 9)}}}""").ToList();

        var answer = await Answer.PostAsync(api.Client, "/predict/batch", $"[{string.Join(',', rows)}]");
        Assert.Equal(Most, answer.Json.EnumerateArray().Count(row => row.TryGetProperty("fraud_probability", out _)));

        var refused = await Answer.PostAsync(api.Client, "/predict/batch", $"[{string.Join(',', [.. rows, rows[0]])}]");
        Assert.Equal(["body"], refused.IsProblem(HttpStatusCode.BadRequest).Fields);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[{}")]
    [InlineData("[{},]")]
    [InlineData("[1] 2")]
    public async Task A_body_that_is_no_array_is_400(string body)
    {
        var answer = await Answer.PostAsync(api.Client, "/predict/batch", body);

        Assert.Equal(["body"], answer.IsProblem(HttpStatusCode.BadRequest).Fields);
    }

    [Fact]
    public async Task Another_content_type_is_415()
    {
        using var content = new StringContent("[]", Encoding.UTF8, "text/csv");
        (await Answer.PostAsync(api.Client, "/predict/batch", content)).IsProblem(HttpStatusCode.UnsupportedMediaType);
    }
}
