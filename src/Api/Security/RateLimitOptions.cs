namespace Levee.Api.Security;

/// <summary>A token bucket for each caller; a request takes one token, a batch one for each row, at most the whole bucket.</summary>
public sealed class RateLimitOptions
{
    /// <summary>Requests a second that a caller may make in the long run, 0 to 1,000,000. 0, the default: no limit.</summary>
    public int RequestsPerSecond { get; set; }

    /// <summary>
    /// Requests that a caller may make at once after a pause, 1 to 1,000,000; never fewer than its rate gives in a fifth of a second. Defaults to 100.
    /// </summary>
    public int Burst { get; set; } = 100;

    /// <summary>Other rates for callers by name, that of a key or jwt:SUBJECT of a token; 0 for no limit. Defaults to none.</summary>
    public IDictionary<string, int> Callers { get; } = new Dictionary<string, int>(StringComparer.Ordinal);
}
