using System.Collections.Concurrent;
using System.Text.Json;

namespace Levee.Testing.Fuzzing;

/// <summary>Sends mangled requests over several connections and judges every answer.</summary>
public static class FuzzRunner
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends <paramref name="count"/> requests, spread over <paramref name="connections"/> that each have their own mutator.</summary>
    public static async Task<FuzzReport> RunAsync(
        Uri server, int count, int connections, int seed, bool includeAdministration = false, CancellationToken cancellationToken = default)
    {
        var answers = new ConcurrentDictionary<int, int>();
        var faults = new ConcurrentQueue<string>();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(c => Task.Run(
            async () =>
            {
                var mutator = new RequestMutator(seed + c, includeAdministration);
                using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1, AllowAutoRedirect = false };
                using var client = new HttpClient(handler) { Timeout = Patience };
                for (var i = c; i < count; i += connections)
                {
                    var request = mutator.Next();
                    if (await SendAsync(client, server, request, answers, cancellationToken) is { } fault)
                    {
                        faults.Enqueue($"{fault}: {request}");
                    }
                }
            },
            cancellationToken)));
        return new FuzzReport(answers, [.. faults]);
    }

    private static async Task<string?> SendAsync(
        HttpClient client, Uri server, MangledRequest request, ConcurrentDictionary<int, int> answers, CancellationToken cancellationToken)
    {
        try
        {
            using var message = request.ToMessage(server);
            using var response = await client.SendAsync(message, cancellationToken);
            var status = (int)response.StatusCode;
            answers.AddOrUpdate(status, 1, (_, n) => n + 1);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return Leaks.Find(body) is { } leak
                ? $"status {status} tells of its insides ('{leak}')"
                : Judge(request.Method, status, response.Content.Headers.ContentType?.MediaType, body);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return "no answer, " + e.GetType().Name + " " + e.Message;
        }
    }

    private static string? Judge(string method, int status, string? mediaType, byte[] body)
    {
        if (status >= 500)
        {
            return "status " + status;
        }

        if (method == "HEAD")
        {
            return null;
        }

        if (status < 400)
        {
            return JudgeRows(mediaType, body);
        }

        if (mediaType != "application/problem+json")
        {
            return $"status {status} without problem details";
        }

        using var problem = JsonDocument.Parse(body);
        if (!problem.RootElement.TryGetProperty("status", out var told) || told.GetInt32() != status)
        {
            return $"status {status} with other problem details";
        }

        var namesFields = problem.RootElement.TryGetProperty("errors", out var errors) && errors.EnumerateObject().Any();
        return status is 400 or 413 or 415 && !namesFields ? $"status {status} names no field" : null;
    }

    // A batch is answered with 200 whatever becomes of its rows; a row's own fault must be the row's.
    private static string? JudgeRows(string? mediaType, byte[] body)
    {
        try
        {
            IEnumerable<ReadOnlyMemory<byte>> parts = mediaType switch
            {
                "application/json" => [body],
                "application/x-ndjson" => Lines(body),
                _ => [],
            };
            foreach (var part in parts.Where(part => !part.IsEmpty))
            {
                using var answer = JsonDocument.Parse(part);
                var root = answer.RootElement;
                foreach (var row in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray() : (IEnumerable<JsonElement>)[root])
                {
                    if (row.ValueKind == JsonValueKind.Object
                        && row.TryGetProperty("error", out var error)
                        && error.ValueKind == JsonValueKind.Object
                        && error.TryGetProperty("status", out var told)
                        && told.GetInt32() >= 500)
                    {
                        return $"a row with status {told.GetInt32()}";
                    }
                }
            }

            return null;
        }
        catch (JsonException e)
        {
            return "an answer that is not JSON, " + e.Message;
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(byte[] body)
    {
        for (var start = 0; start < body.Length;)
        {
            var length = Array.IndexOf(body, (byte)'\n', start) is var end and >= 0 ? end - start : body.Length - start;
            yield return body.AsMemory(start, length);
            start += length + 1;
        }
    }
}
