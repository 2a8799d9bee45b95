using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Levee.Grains.Tracking;

/// <summary>Calls MLflow's REST API. What may pass is tried again, at growing intervals and a bounded number of times.</summary>
internal sealed class MlflowClient : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http;
    private readonly int _attempts;
    private readonly TimeProvider _time;

    public MlflowClient(MlflowOptions options, TimeProvider time)
    {
        _attempts = options.Attempts;
        _time = time;
        _http = new HttpClient
        {
            BaseAddress = new Uri(options.TrackingUri.TrimEnd('/') + "/api/2.0/"),
            Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
        };
        if (options.Token.Length > 0)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        }
    }

    /// <summary>GET of a JSON answer; null when the resource does not exist.</summary>
    public Task<JsonElement?> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), "RESOURCE_DOES_NOT_EXIST", cancellationToken);

    /// <summary>POST of JSON.</summary>
    /// <param name="path">Below /api/2.0/.</param>
    /// <param name="body">The body.</param>
    /// <param name="tolerated">An error code that is no error here; the answer is null then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<JsonElement?> PostAsync(string path, JsonNode body, string? tolerated, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, tolerated, cancellationToken);

    /// <summary>PUT of a file.</summary>
    public Task PutAsync(string path, byte[] content, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(content) }, null, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement?> SendAsync(Func<HttpRequestMessage> request, string? tolerated, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(request, tolerated, cancellationToken);
            }
            catch (Exception e) when (attempt < _attempts && !cancellationToken.IsCancellationRequested && MayPass(e))
            {
                await Task.Delay(FirstWait * Math.Pow(2, attempt - 1), _time, cancellationToken);
            }
        }
    }

    private async Task<JsonElement?> SendOnceAsync(Func<HttpRequestMessage> request, string? tolerated, CancellationToken cancellationToken)
    {
        using var message = request();
        using var response = await _http.SendAsync(message, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return Parse(body) ?? JsonDocument.Parse("{}").RootElement;
        }

        var code = Parse(body) is { ValueKind: JsonValueKind.Object } error && error.TryGetProperty("error_code", out var text) ? text.ToString() : null;
        if (tolerated is not null && code == tolerated)
        {
            return null;
        }

        if ((int)response.StatusCode >= 500 || response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout)
        {
            throw new HttpRequestException($"{message.RequestUri} answered {(int)response.StatusCode}", null, response.StatusCode);
        }

        throw new MlflowException($"{message.RequestUri} answered {(int)response.StatusCode} {code}");
    }

    private static bool MayPass(Exception exception) => exception is HttpRequestException or TaskCanceledException;

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
