namespace Levee.Grains;

/// <summary>What is known of one customer now.</summary>
[GenerateSerializer, Immutable, Alias("levee.CustomerFeatures")]
public sealed record CustomerFeatures
{
    /// <summary>The customer.</summary>
    [Id(0)] public required long CustomerId { get; init; }

    /// <summary>Number of transactions folded in so far; 0 for an unknown customer.</summary>
    [Id(1)] public required long Sequence { get; init; }

    /// <summary>Microseconds since the Unix epoch at which the windows end: the later of now and the newest event.</summary>
    [Id(2)] public required long AsOfMicros { get; init; }

    /// <summary>Event time of the newest transaction, microseconds since the Unix epoch; null when there is none.</summary>
    [Id(3)] public long? NewestEventMicros { get; init; }

    /// <summary>Names and values of the customer's window features, in the order of the feature list; NaN where undefined.</summary>
    [Id(4)] public required KeyValuePair<string, double>[] Features { get; init; }
}
