namespace Levee.Api.Parsing;

/// <summary>The header by which a caller marks a request as one that it may repeat.</summary>
internal static class IdempotencyKey
{
    /// <summary>The request header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The longest key in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>What a key must look like.</summary>
    public static readonly string Expected = $"expected one key of 1 to {MaxLength} printable ASCII characters";

    /// <summary>Reads the header.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The key; null when there is none.</param>
    /// <returns>Whether the header is absent or right.</returns>
    public static bool TryRead(HttpRequest request, out string? key)
    {
        var values = request.Headers[Header];
        key = values.Count == 1 ? values[0] : null;
        return values.Count == 0
            || (key is { Length: > 0 and <= MaxLength } && !key.AsSpan().ContainsAnyExceptInRange('!', '~'));
    }
}
