using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;

namespace Levee.Client;

/// <summary>
/// Levee's REST API. Every method throws <see cref="LeveeApiException"/> when the API answers with an error,
/// <see cref="HttpRequestException"/> when it does not answer, and <see cref="OperationCanceledException"/> when cancelled or out of time.
/// Safe for use by many threads.
/// </summary>
/// <param name="http">Its base address is the API's stable prefix, with a slash at the end.</param>
/// <param name="options">How batches are cut.</param>
public sealed class LeveeClient(HttpClient http, IOptions<LeveeClientOptions> options)
{
    private const string IdempotencyKey = "Idempotency-Key";

    private static readonly MediaTypeHeaderValue Lines = new("application/x-ndjson");

    private readonly HttpClient _http = http;
    private readonly int _batchRows = options.Value.BatchRows;
    private readonly TimeSpan _timeout = options.Value.Timeout;

    /// <summary>Scores a transaction on top of the live windows, without storing it.</summary>
    /// <param name="request">The transaction.</param>
    /// <param name="explain">Whether to give reasons.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The prediction.</returns>
    public Task<Prediction> PredictAsync(PredictRequest request, bool explain = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SendAsync(
            HttpMethod.Post, Explain("predict", explain), JsonContent.Create(request, ClientJson.Default.PredictRequest),
            ClientJson.Default.Prediction, cancellationToken);
    }

    /// <summary>
    /// Scores any number of transactions, in requests of <see cref="LeveeClientOptions.BatchRows"/>; one model version scores those of a
    /// request. The next request is sent when the answers of the one before have been taken.
    /// </summary>
    /// <param name="requests">The transactions; read as they are sent.</param>
    /// <param name="explain">Whether to give reasons.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>An answer for each transaction, in order, as they arrive.</returns>
    public async IAsyncEnumerable<BatchPrediction> PredictBatchAsync(
        IEnumerable<PredictRequest> requests, bool explain = false, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var first = 0L;
        foreach (var chunk in requests.Chunk(_batchRows))
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, Explain("predict/batch", explain)) { Content = ToLines(chunk) };
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await ThrowUnlessSuccessAsync(response, cancellationToken);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await using var rows = JsonSerializer
                .DeserializeAsyncEnumerable(stream, ClientJson.Default.BatchRow, topLevelValues: true, patience.Token)
                .GetAsyncEnumerator(patience.Token);
            while (true)
            {
                // A connection that is dead without saying so gives no row and no end. What the caller does with a row has its own time.
                patience.CancelAfter(_timeout);
                if (!await rows.MoveNextAsync())
                {
                    break;
                }

                patience.CancelAfter(Timeout.InfiniteTimeSpan);
                yield return rows.Current!.ToPrediction(first);
            }

            first += chunk.Length;
        }
    }

    /// <summary>
    /// Stores labels; they are durable when this returns. All tries of a call bear one Idempotency-Key, so that they are stored once. A label without
    /// a time has that at which it is stored.
    /// </summary>
    /// <param name="labels">1 to 1,000 labels.</param>
    /// <param name="idempotencyKey">Up to 128 printable ASCII characters, the same when a request is repeated; a new one when null.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many were new.</returns>
    public Task<LabelsResult> PostLabelsAsync(
        IReadOnlyCollection<Label> labels, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return SendAsync(
            HttpMethod.Post, "labels", JsonContent.Create(labels, ClientJson.Default.IReadOnlyCollectionLabel),
            ClientJson.Default.LabelsResult, cancellationToken, idempotencyKey ?? Guid.CreateVersion7().ToString());
    }

    /// <summary>The window features of a customer as they are now.</summary>
    /// <param name="customerId">The customer, 1 or more.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The features.</returns>
    public Task<CustomerFeatures> GetFeaturesAsync(long customerId, CancellationToken cancellationToken = default) => SendAsync(
        HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"customers/{customerId}/features"), null,
        ClientJson.Default.CustomerFeatures, cancellationToken);

    /// <summary>All model versions.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The versions, and what each silo serves.</returns>
    public Task<ModelList> GetModelsAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "models", null, ClientJson.Default.ModelList, cancellationToken);

    /// <summary>Makes a version the one in production.</summary>
    /// <param name="version">Such as v1.</param>
    /// <param name="reason">Goes into the history.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The version.</returns>
    public Task<Model> PromoteModelAsync(string version, string? reason = null, CancellationToken cancellationToken = default) =>
        ChangeStageAsync(version, "promote", reason, cancellationToken);

    /// <summary>Brings back what was in production before a version.</summary>
    /// <param name="version">The version in production.</param>
    /// <param name="reason">Goes into the history.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The version that is in production now.</returns>
    public Task<Model> RollbackModelAsync(string version, string? reason = null, CancellationToken cancellationToken = default) =>
        ChangeStageAsync(version, "rollback", reason, cancellationToken);

    private static string Explain(string path, bool explain) => explain ? path + "?explain=true" : path;

    // In memory, so that it can be sent again.
    private static ByteArrayContent ToLines(PredictRequest[] requests)
    {
        using var lines = new MemoryStream();
        foreach (var request in requests)
        {
            JsonSerializer.Serialize(lines, request, ClientJson.Default.PredictRequest);
            lines.WriteByte((byte)'\n');
        }

        return new ByteArrayContent(lines.GetBuffer(), 0, (int)lines.Length) { Headers = { ContentType = Lines } };
    }

    private static async Task ThrowUnlessSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        ProblemDetails? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync(ClientJson.Default.ProblemDetails, cancellationToken);
        }
        catch (JsonException)
        {
            // Something between here and Levee answered in its own words.
        }

        throw new LeveeApiException(
            response.StatusCode, problem?.Title ?? response.ReasonPhrase, problem?.Detail, problem?.Errors ?? []);
    }

    private Task<Model> ChangeStageAsync(string version, string change, string? reason, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(version);
        return SendAsync(
            HttpMethod.Post, $"models/{Uri.EscapeDataString(version)}/{change}",
            JsonContent.Create(new StageReason(reason), ClientJson.Default.StageReason), ClientJson.Default.Model, cancellationToken);
    }

    private async Task<TAnswer> SendAsync<TAnswer>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<TAnswer> type, CancellationToken cancellationToken, string? key = null)
    {
        using var message = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
        {
            message.Headers.Add(IdempotencyKey, key);
        }

        using var response = await _http.SendAsync(message, cancellationToken);
        await ThrowUnlessSuccessAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync(type, cancellationToken)
            ?? throw new JsonException($"{path} answered null.");
    }
}
