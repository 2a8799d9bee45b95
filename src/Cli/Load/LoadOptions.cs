namespace Levee.Cli.Load;

/// <summary>What load to make.</summary>
internal sealed record LoadOptions
{
    /// <summary>Where the API is; requests go to /predict below it.</summary>
    public required Uri Url { get; init; }

    /// <summary>Requests a second.</summary>
    public required int Rate { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Most connections at once.</summary>
    public required int Connections { get; init; }

    /// <summary>Customers 1 to this many are scored.</summary>
    public required int Customers { get; init; }

    /// <summary>Sent as X-Api-Key.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Requests that were sent and not answered; what is due beyond is counted as an error and not sent.</summary>
    public int MaxInFlight { get; init; } = 20_000;

    /// <summary>A request that takes longer is an error.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
