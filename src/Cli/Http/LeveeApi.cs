using System.Text;
using System.Text.Json;

namespace Levee.Cli.Http;

/// <summary>Calls Levee's API; what goes wrong becomes one clear sentence.</summary>
internal sealed class LeveeApi : IDisposable
{
    private const string KeySetting = "Levee:ApiKey";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private readonly Uri _url;

    public LeveeApi(Uri url)
    {
        _url = url;
        _client = new HttpClient { BaseAddress = new Uri(url.ToString().TrimEnd('/') + "/"), Timeout = Timeout };
        if (CliConfiguration.Load()[KeySetting] is { Length: > 0 } key && !_client.DefaultRequestHeaders.TryAddWithoutValidation("X-Api-Key", key))
        {
            throw new CliException($"{KeySetting} is not an API key.");
        }
    }

    /// <summary>GET; an answer of another status than success is an error, but for those that are allowed.</summary>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken, params int[] alsoAllowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, alsoAllowed, cancellationToken);
    }

    /// <summary>POST of a JSON body.</summary>
    public async Task<JsonElement> PostAsync(string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new("application/json");
        return await SendAsync(request, [], cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, int[] alsoAllowed, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var json = Read(body);
            if (response.IsSuccessStatusCode || alsoAllowed.Contains((int)response.StatusCode))
            {
                return json ?? throw new CliException($"{_url} did not answer with JSON; is this Levee's API?");
            }

            throw new CliException($"{_url} answered {(int)response.StatusCode}: {Describe(json)}");
        }
        catch (HttpRequestException exception)
        {
            throw new CliException($"No answer from {_url}: {exception.Message}", exception);
        }
        catch (TaskCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException($"No answer from {_url} within {Timeout.TotalSeconds} seconds.", exception);
        }
    }

    private static JsonElement? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // RFC 9457 problem details, with the faulty fields if there are any.
    private static string Describe(JsonElement? problem)
    {
        if (problem is not { } details)
        {
            return "no further details.";
        }

        var text = new StringBuilder(Text(details, "detail") ?? Text(details, "title") ?? "no further details.");
        if (details.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in errors.EnumerateObject())
            {
                var messages = field.Value.ValueKind == JsonValueKind.Array
                    ? string.Join("; ", field.Value.EnumerateArray().Select(message => message.ToString()))
                    : field.Value.ToString();
                text.Append(Environment.NewLine).Append("  ").Append(field.Name).Append(": ").Append(messages);
            }
        }

        return text.ToString();
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
