using System.Buffers;
using System.IO.Pipelines;
using Levee.Api.Admission;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Levee.Api.Parsing;

/// <summary>Reads a JSON body from the server's pooled buffers into one array of exactly its length, or says why not.</summary>
/// <param name="Bytes">The body; empty when there is none or the status is an error.</param>
/// <param name="Status">200, 400 (framing), 408, 413 (too large) or 415 (not JSON).</param>
internal readonly record struct RequestBody(byte[] Bytes, int Status)
{
    /// <summary>The media type of NDJSON.</summary>
    public const string Lines = "application/x-ndjson";

    /// <summary>Reads the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">The largest body that is accepted.</param>
    /// <param name="optional">Whether there may be no body; then its type is not looked at.</param>
    /// <param name="deadline">When to stop waiting for it (408).</param>
    /// <param name="lines">Whether JSON values on lines of their own are accepted too; see <see cref="IsLines"/>.</param>
    public static ValueTask<RequestBody> ReadAsync(HttpRequest request, int maxBytes, bool optional = false, bool lines = false, BatchDeadline? deadline = null)
    {
        if (optional && !HasBody(request))
        {
            return new ValueTask<RequestBody>(new RequestBody([], StatusCodes.Status200OK));
        }

        if (!IsJson(request.ContentType) && !(lines && IsLines(request)))
        {
            return new ValueTask<RequestBody>(new RequestBody([], StatusCodes.Status415UnsupportedMediaType));
        }

        if (request.ContentLength > maxBytes)
        {
            return new ValueTask<RequestBody>(new RequestBody([], StatusCodes.Status413PayloadTooLarge));
        }

        return ReadAsync(request.BodyReader, maxBytes, request.HttpContext.RequestAborted, deadline?.Token);
    }

    /// <summary>Whether the body says that it is NDJSON: a JSON value on each line.</summary>
    public static bool IsLines(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType.Equals(Lines, StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("application/ndjson", StringComparison.OrdinalIgnoreCase));

    private static async ValueTask<RequestBody> ReadAsync(
        PipeReader reader, int maxBytes, CancellationToken aborted, CancellationToken? deadline)
    {
        var cancellationToken = deadline ?? aborted;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                if (buffer.Length > maxBytes)
                {
                    reader.AdvanceTo(buffer.Start, buffer.End);
                    return new RequestBody([], StatusCodes.Status413PayloadTooLarge);
                }

                if (result.IsCompleted)
                {
                    var bytes = buffer.ToArray();
                    reader.AdvanceTo(buffer.End);
                    return new RequestBody(bytes, StatusCodes.Status200OK);
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (BadHttpRequestException e)
        {
            return new RequestBody([], e.StatusCode);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return new RequestBody([], StatusCodes.Status408RequestTimeout);
        }
    }

    private static bool HasBody(HttpRequest request) =>
        request.ContentLength is > 0
        || (request.ContentLength is null && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true });

    private static bool IsJson(string? contentType)
    {
        if (contentType is "application/json")
        {
            return true;
        }

        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !IsJson(type))
        {
            return false;
        }

        return !type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        || (type.Type.Equals("application", StringComparison.OrdinalIgnoreCase)
            && type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
}
