using System.Net;
using System.Text;
using System.Text.Json;
using Levee.Api.Tests.Cluster;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class PredictTests(ApiFixture api)
{
    [Fact]
    public async Task The_minimal_request_is_scored()
    {
        var answer = await PostAsync("""{"customer_id": 101, "merchant_id": 7, "amount": 129.90}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/json", answer.MediaType);
        Assert.Equal(
            ["is_fraud", "fraud_probability", "latency_ms", "model_version", "prediction_id", "degraded"],
            answer.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(0, answer.Json.GetProperty("is_fraud").GetInt32());
        Assert.Equal(0.125, answer.Json.GetProperty("fraud_probability").GetDouble());
        Assert.InRange(answer.Json.GetProperty("latency_ms").GetDouble(), 0.001, 60_000);
        Assert.Equal("v1", answer.Json.GetProperty("model_version").GetString());
        Assert.Equal(FakeSystem.PredictionId, answer.Json.GetProperty("prediction_id").GetGuid());
        Assert.False(answer.Json.GetProperty("degraded").GetBoolean());

        var request = api.System.Scored[101];
        Assert.Equal((101, 7, 129.90m, "EUR", 12_990), (request.CustomerId, request.MerchantId, request.Amount, request.Currency, request.BaseCents));
        Assert.Null(request.EventTimeMicros);
        Assert.Null(request.TransactionId);
        Assert.Null(request.TransactionCount);
        Assert.Null(request.AvgAmount);
        Assert.Equal("""{"customer_id": 101, "merchant_id": 7, "amount": 129.90}""", Encoding.UTF8.GetString(request.RequestJson!));
    }

    [Fact]
    public async Task Every_field_reaches_the_grain()
    {
        const string Json = """
            {"customer_id":102,"merchant_id":8,"amount":2500,"transaction_id":"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11","currency":"EUR",
             "timestamp":"2026-01-31T13:00:00.123456+01:00","card_last_4":"0042","country":"DE","device_type":"mobile",
             "transaction_count":3,"avg_amount":57.25}
            """;
        var answer = await PostAsync(Json);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(1, answer.Json.GetProperty("is_fraud").GetInt32());
        var request = api.System.Scored[102];
        Assert.Equal(new Guid("7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11"), request.TransactionId);
        Assert.Equal(1_769_860_800_123_456, request.EventTimeMicros);
        Assert.Equal(("0042", "DE", "mobile"), (request.CardLast4, request.Country, request.DeviceType));
        Assert.Equal((3, 57.25), (request.TransactionCount, request.AvgAmount));
        Assert.Equal(Json, Encoding.UTF8.GetString(request.RequestJson!));
    }

    [Theory]
    [InlineData("1769860800123", 1_769_860_800_123_000)]
    [InlineData("\"2026-01-31T12:00:00Z\"", 1_769_860_800_000_000)]
    [InlineData("\"2026-01-31T07:30:00-04:30\"", 1_769_860_800_000_000)]
    [InlineData("null", null)]
    public async Task Timestamps_are_read_to_the_microsecond(string timestamp, long? micros)
    {
        var answer = await PostAsync($$"""{"customer_id":103,"merchant_id":7,"amount":1,"timestamp":{{timestamp}}}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(micros, api.System.Scored[103].EventTimeMicros);
    }

    [Fact]
    public async Task A_timestamp_may_be_five_minutes_ahead_and_no_more()
    {
        var now = TimeProvider.System.GetUtcNow();
        var near = await PostAsync($$"""{"customer_id":104,"merchant_id":7,"amount":1,"timestamp":"{{now.AddMinutes(4.5):O}}"}""");
        var far = await PostAsync($$"""{"customer_id":104,"merchant_id":7,"amount":1,"timestamp":"{{now.AddMinutes(6):O}}"}""");

        Assert.Equal(HttpStatusCode.OK, near.Status);
        Assert.Contains("timestamp in the future", far.IsProblem(HttpStatusCode.BadRequest).Message("timestamp"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_fields_are_ignored_and_not_passed_on()
    {
        const string Json = """
            {"customer_id":105,"merchant_id":7,"pan":"4242424242424242","amount":1e1,"x":{"y":[1,"\u0000",1e99999]},"pan":"again"}
            """;
        var answer = await PostAsync(Json);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var logged = JsonDocument.Parse(api.System.Scored[105].RequestJson!).RootElement;
        Assert.Equal(["customer_id", "merchant_id", "amount", "currency"], logged.EnumerateObject().Select(p => p.Name));
        Assert.Equal(10m, logged.GetProperty("amount").GetDecimal());
    }

    [Fact]
    public async Task Escaped_names_and_chunked_bodies_are_read()
    {
        var content = new StringContent("{\"\\u0063ustomer_id\":106,\"merchant_id\":7,\"amount\":1}", Encoding.UTF8, "application/json");
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri("/predict", UriKind.Relative)) { Content = content };
        message.Headers.TransferEncodingChunked = true;
        using var response = await api.Client.SendAsync(message);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(api.System.Scored.ContainsKey(106));
    }

    [Fact]
    public async Task Missing_history_is_told()
    {
        var answer = await PostAsync($$"""{"customer_id":{{FakeSystem.DegradedCustomer}},"merchant_id":7,"amount":1}""");

        Assert.True(answer.Json.GetProperty("degraded").GetBoolean());
    }

    [Theory]
    [InlineData("?explain=1")]
    [InlineData("?explain=true&explain=false")]
    [InlineData("?explain")]
    public async Task Explain_is_true_or_false(string query)
    {
        var answer = await Answer.PostAsync(api.Client, "/predict" + query, """{"customer_id":107,"merchant_id":7,"amount":1}""");

        Assert.Equal(["explain"], answer.IsProblem(HttpStatusCode.BadRequest).Fields);
    }

    [Fact]
    public async Task Reasons_come_when_asked_for()
    {
        var answer = await Answer.PostAsync(api.Client, "/predict?explain=true", """{"customer_id":107,"merchant_id":7,"amount":1}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(api.System.Scored[107].Explain);
        Assert.Equal(
            """[{"feature":"amount","value":5,"usual":null,"contribution":1.5,"text":"amount 5"},{"feature":"x","value":null,"usual":2,"contribution":-0.5,"text":"x; usual: 2"}]""",
            answer.Json.GetProperty("reasons").GetRawText());
        Assert.Equal((-4, 0.25), (answer.Json.GetProperty("reasons_base").GetDouble(), answer.Json.GetProperty("reasons_rest").GetDouble()));

        var old = await Answer.PostAsync(
            api.Client, "/predict?explain=true", $$"""{"customer_id":{{FakeSystem.UnexplainedCustomer}},"merchant_id":7,"amount":1}""");
        Assert.Equal(JsonValueKind.Null, old.Json.GetProperty("reasons").ValueKind);
        Assert.Equal("no trees", old.Json.GetProperty("reasons_missing").GetString());
    }

    [Fact]
    public async Task Asking_for_no_reasons_is_fine()
    {
        var answer = await Answer.PostAsync(api.Client, "/predict?explain=false&x=1", """{"customer_id":107,"merchant_id":7,"amount":1}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData(FakeSystem.HangingCustomer, "did not answer in time")]
    [InlineData(FakeSystem.OverloadedCustomer, "not reachable")]
    [InlineData(FakeSystem.CustomerWithoutModel, "No model")]
    public async Task An_unavailable_cluster_is_503_with_retry_after(long customer, string detail)
    {
        var client = customer == FakeSystem.HangingCustomer ? api.Impatient : api.Client;
        var answer = await Answer.PostAsync(client, "/predict", $$"""{"customer_id":{{customer}},"merchant_id":7,"amount":1}""");

        answer.IsProblem(HttpStatusCode.ServiceUnavailable);
        Assert.Contains(detail, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("2", answer.Response.Headers.RetryAfter?.ToString());
    }

    [Fact]
    public async Task A_failing_grain_is_500_and_its_message_stays_inside()
    {
        var answer = await PostAsync($$"""{"customer_id":{{FakeSystem.FailingCustomer}},"merchant_id":7,"amount":1,"card_last_4":"9876"}""");

        answer.IsProblem(HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("zero", answer.Body, StringComparison.Ordinal);
        Assert.Contains(api.Logs.Lines, l => l.Contains("/predict: a grain failed: System.ArithmeticException", StringComparison.Ordinal));
        Assert.DoesNotContain(api.Logs.Lines, l => l.Contains("900001", StringComparison.Ordinal) || l.Contains("9876", StringComparison.Ordinal));
    }

    private Task<Answer> PostAsync(string json) => Answer.PostAsync(api.Client, "/predict", json);
}
