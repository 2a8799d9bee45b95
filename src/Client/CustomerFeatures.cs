namespace Levee.Client;

/// <summary>What is known of one customer now.</summary>
public sealed record CustomerFeatures
{
    /// <summary>The customer.</summary>
    public required long CustomerId { get; init; }

    /// <summary>Transactions folded in so far; 0 for a customer that sent none.</summary>
    public required long Sequence { get; init; }

    /// <summary>Where the windows end.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Event time of the newest transaction; null when there is none.</summary>
    public DateTimeOffset? NewestEvent { get; init; }

    /// <summary>Window features by name; null where undefined.</summary>
    public required IReadOnlyDictionary<string, double?> Features { get; init; }
}
