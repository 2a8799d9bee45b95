namespace Levee.Client;

/// <summary>How a <see cref="LeveeClient"/> reaches the API.</summary>
public sealed class LeveeClientOptions
{
    /// <summary>Where the API is, such as http://localhost:8000. Must be set.</summary>
    public Uri? BaseAddress { get; set; }

    /// <summary>Sent as X-Api-Key; null when the API asks for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>How long a call may take with all its tries; of a batch, until its first answer and from each to the next. Defaults to 100 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a call is tried again after 429, 503 or no connection; 0 to 10. Defaults to 3.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>The longest wait before a try, also when Retry-After asks for more. Defaults to 10 seconds.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Transactions in one request of a batch, 1 to 10,000. Defaults to 5,000.</summary>
    public int BatchRows { get; set; } = 5_000;
}
