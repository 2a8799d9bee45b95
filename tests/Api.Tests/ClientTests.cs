using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Levee.Api.Tests.Cluster;
using Levee.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class ClientTests : IDisposable
{
    private static readonly Guid Id = new("7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11");

    private readonly ApiFixture _api;
    private readonly List<ServiceProvider> _providers = [];

    public ClientTests(ApiFixture api)
    {
        _api = api;
        api.System.Reset();
    }

    public void Dispose()
    {
        _api.System.Reset();
        _providers.ForEach(provider => provider.Dispose());
    }

    [Fact]
    public async Task A_transaction_is_scored_with_all_its_fields()
    {
        var request = new PredictRequest
        {
            CustomerId = 601,
            MerchantId = 7,
            Amount = 1_000.01m,
            TransactionId = Id,
            Currency = "EUR",
            Timestamp = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
            CardLast4 = "4242",
            Country = "DE",
            DeviceType = "mobile",
            TransactionCount = 3,
            AvgAmount = 57.2,
        };

        var score = await Client().PredictAsync(request, explain: true);

        Assert.Equal((true, 0.875, "v1", FakeSystem.PredictionId), (score.IsFraud, score.FraudProbability, score.ModelVersion, score.PredictionId));
        Assert.Equal([new PredictionReason("amount", 5, null, 1.5, "amount 5"), new PredictionReason("x", null, 2, -0.5, "x; usual: 2")], score.Reasons);
        Assert.Equal((-4d, 0.25), (score.ReasonsBase, score.ReasonsRest));
        Assert.Equal(
            """{"customer_id":601,"merchant_id":7,"amount":1000.01,"transaction_id":"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11","currency":"EUR","timestamp":"2026-01-31T12:00:00+00:00","card_last_4":"4242","country":"DE","device_type":"mobile","transaction_count":3,"avg_amount":57.2}""",
            System.Text.Encoding.UTF8.GetString(_api.System.Scored[601].RequestJson!));
    }

    [Fact]
    public async Task What_is_at_fault_is_named_by_field()
    {
        var error = await Assert.ThrowsAsync<LeveeApiException>(
            () => Client().PredictAsync(new PredictRequest { CustomerId = 0, MerchantId = 7, Amount = -1 }));

        Assert.Equal(HttpStatusCode.BadRequest, error.StatusCode);
        Assert.Equal(["amount", "customer_id"], error.Errors.Keys.Order());
        Assert.Contains("amount", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_of_any_size_comes_back_in_order_over_several_requests()
    {
        var requests = Enumerable.Range(0, 25)
            .Select(i => new PredictRequest { CustomerId = 610 + i, MerchantId = 7, Amount = i == 13 ? -1 : i == 17 ? 5_000 : 5 });

        var rows = new List<BatchPrediction>();
        await foreach (var row in Client(options => options.BatchRows = 10).PredictBatchAsync(requests))
        {
            rows.Add(row);
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => (long)i), rows.Select(row => row.Index));
        Assert.Equal([13L], rows.Where(row => row.Error is not null).Select(row => row.Index));
        Assert.Equal((400, "amount"), (rows[13].Error!.Status, Assert.Single(rows[13].Error!.Errors!).Key));
        Assert.Equal([17L], rows.Where(row => row.Prediction is { IsFraud: true }).Select(row => row.Index));
    }

    [Fact]
    public async Task Labels_are_stored_once_for_a_key()
    {
        var client = Client();
        Label[] labels = [new() { TransactionId = Id, IsFraud = true, Source = "chargeback" }, new() { TransactionId = Id, IsFraud = false }];

        Assert.Equal(new LabelsResult(2, 1), await client.PostLabelsAsync(labels, "client-1"));
        Assert.Equal(new LabelsResult(2, 1), await client.PostLabelsAsync(labels, "client-1"));
        Assert.Equal([("chargeback", true), ("api", false)], _api.System.Labels.Select(label => (label.Source, label.IsFraud)));

        var error = await Assert.ThrowsAsync<LeveeApiException>(() => client.PostLabelsAsync([labels[0]], "client-1"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, error.StatusCode);
    }

    [Fact]
    public async Task Each_call_with_labels_has_a_key_of_its_own_where_the_caller_gives_none()
    {
        await Client().PostLabelsAsync([new() { TransactionId = Id, IsFraud = true }]);
        await Client().PostLabelsAsync([new() { TransactionId = Id, IsFraud = true }]);

        Assert.Equal(2, _api.System.LabelRequests.Count);
        Assert.Equal(2, _api.System.Labels.Count);
    }

    [Fact]
    public async Task Features_and_models_are_read_and_stages_changed()
    {
        var client = Client();

        var features = await client.GetFeaturesAsync(42);
        Assert.Equal((42L, 17L, 3d, null), (features.CustomerId, features.Sequence, features.Features["count_1m"], features.Features["std_1m"]));
        var models = await client.GetModelsAsync();
        Assert.Equal(["v2", "v1"], models.Models.Select(model => model.Version));
        Assert.Equal("v2", Assert.Single(models.Served).Value);
        Assert.Equal("Production", (await client.PromoteModelAsync("v1", "better")).Stage);
        Assert.Equal("v1", (await client.RollbackModelAsync("v2")).Version);
        Assert.Equal(["promote v1 by api: better", "rollback by api: rolled back through the API"], _api.System.Transitions);
        var error = await Assert.ThrowsAsync<LeveeApiException>(() => client.PromoteModelAsync("v9"));
        Assert.Equal((HttpStatusCode.NotFound, "There is no such model version."), (error.StatusCode, error.Detail));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task It_waits_as_told_and_tries_again_with_the_same_request(HttpStatusCode status)
    {
        var stub = new Stub(status, failures: 2, TimeSpan.Zero);

        var result = await Client(options => options.ApiKey = "secret", stub).PostLabelsAsync([new() { TransactionId = Id, IsFraud = true }]);

        Assert.Equal(new LabelsResult(1, 1), result);
        Assert.Equal(3, stub.Requests.Count);
        Assert.Single(stub.Requests.Distinct());
        Assert.StartsWith("/v1/labels secret ", stub.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_has_a_bound_and_tries_have_an_end()
    {
        var stub = new Stub(HttpStatusCode.ServiceUnavailable, failures: 9, TimeSpan.FromHours(1));
        var client = Client(options => (options.MaxRetries, options.MaxRetryDelay) = (2, TimeSpan.FromMilliseconds(1)), stub);

        var error = await Assert.ThrowsAsync<LeveeApiException>(() => client.GetModelsAsync());

        Assert.Equal((HttpStatusCode.ServiceUnavailable, 3), (error.StatusCode, stub.Requests.Count));
    }

    [Fact]
    public async Task Other_errors_are_not_tried_again()
    {
        var stub = new Stub(HttpStatusCode.InternalServerError, failures: 1, TimeSpan.Zero);

        await Assert.ThrowsAsync<LeveeApiException>(() => Client(null, stub).GetModelsAsync());

        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task A_call_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var call = Client().PredictAsync(
            new PredictRequest { CustomerId = FakeSystem.HangingCustomer, MerchantId = 7, Amount = 5 }, cancellationToken: stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_batch_whose_connection_is_dead_without_saying_so_ends()
    {
        const string row = """{"index":0,"prediction_id":"01234567-89ab-4def-8123-456789abcdef","fraud_probability":0.5,"is_fraud":1,"model_version":"v1"}""";
        var client = Client(options => options.Timeout = TimeSpan.FromMilliseconds(200), new Silent(row + "\n"));
        var rows = new List<BatchPrediction>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var one in client.PredictBatchAsync([new() { CustomerId = 1, MerchantId = 7, Amount = 5 }, new() { CustomerId = 2, MerchantId = 7, Amount = 5 }]))
            {
                rows.Add(one);
            }
        });

        Assert.Single(rows);
    }

    [Fact]
    public void Wrong_options_are_named() => Assert.Contains(
        "BatchRows", Assert.Throws<OptionsValidationException>(() => Client(options => options.BatchRows = 10_001)).Message, StringComparison.Ordinal);

    private LeveeClient Client(Action<LeveeClientOptions>? configure = null, HttpMessageHandler? handler = null)
    {
        var services = new ServiceCollection();
        var http = services.AddLeveeClient(options =>
        {
            options.BaseAddress = _api.Address;
            configure?.Invoke(options);
        });
        if (handler is not null)
        {
            http.ConfigurePrimaryHttpMessageHandler(() => handler);
        }

        var provider = services.BuildServiceProvider();
        _providers.Add(provider);
        return provider.GetRequiredService<LeveeClient>();
    }

    /// <summary>Answers with errors first.</summary>
    private sealed class Stub(HttpStatusCode status, int failures, TimeSpan retryAfter) : HttpMessageHandler
    {
        public List<string> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var headers = request.Headers;
            Requests.Add(string.Join(
                ' ',
                request.RequestUri!.AbsolutePath,
                headers.TryGetValues("X-Api-Key", out var keys) ? keys.Single() : "-",
                headers.TryGetValues("Idempotency-Key", out var ids) ? ids.Single() : "-",
                request.Content is null ? "-" : await request.Content.ReadAsStringAsync(cancellationToken)));
            if (Requests.Count > failures)
            {
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"accepted":1,"new":1}""") };
            }

            var response = new HttpResponseMessage(status) { Content = new StringContent("<html>not ours</html>") };
            response.Headers.RetryAfter = new RetryConditionHeaderValue(retryAfter);
            return response;
        }
    }

    /// <summary>Answers with the beginning of a body and then with nothing.</summary>
    private sealed class Silent(string beginning) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var pipe = new Pipe();
            await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(beginning), cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(pipe.Reader.AsStream()) };
        }
    }
}
