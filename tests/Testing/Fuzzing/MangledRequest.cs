namespace Levee.Testing.Fuzzing;

/// <summary>A request that may be valid, almost valid or hopeless.</summary>
public sealed record MangledRequest(string Method, string Path, string? ContentType, byte[] Body, bool Chunked)
{
    /// <summary>Value of the header; null for none.</summary>
    public string? IdempotencyKey { get; init; }

    public HttpRequestMessage ToMessage(Uri server)
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), new Uri(server, Path));
        if (IdempotencyKey is not null)
        {
            message.Headers.TryAddWithoutValidation("Idempotency-Key", IdempotencyKey);
        }

        if (Method is "GET" or "HEAD")
        {
            return message;
        }

        message.Content = new ByteArrayContent(Body);
        if (ContentType is not null)
        {
            message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        }

        if (Chunked)
        {
            message.Headers.TransferEncodingChunked = true;
        }

        return message;
    }

    /// <summary>For a failed test: enough to send it again by hand.</summary>
    public override string ToString() =>
        $"{Method} {Path} ({ContentType ?? "no type"}{(Chunked ? ", chunked" : "")}{(IdempotencyKey is null ? "" : $", key '{IdempotencyKey}'")}) body {Body.Length} bytes, base64: "
        + Convert.ToBase64String(Body.AsSpan(0, Math.Min(Body.Length, 600)));
}
