namespace Levee.Simulation;

/// <summary>What a simulator has done so far.</summary>
public sealed record SimulatorCounts
{
    /// <summary>Records given to the producer for the topic of transactions: first deliveries, repetitions and poison.</summary>
    public required long Records { get; init; }

    /// <summary>First deliveries among them.</summary>
    public required long Transactions { get; init; }

    /// <summary>Repetitions among them.</summary>
    public required long Repeats { get; init; }

    /// <summary>Unusable ones among them.</summary>
    public required long Poison { get; init; }

    /// <summary>First deliveries that were late.</summary>
    public required long Late { get; init; }

    /// <summary>First deliveries that are fraud in truth.</summary>
    public required long Frauds { get; init; }

    /// <summary>Labels given to the producer.</summary>
    public required long Labels { get; init; }

    /// <summary>Labels that wait for their time.</summary>
    public required long PendingLabels { get; init; }

    /// <summary>Labels that were dropped because too many wait.</summary>
    public required long DroppedLabels { get; init; }

    /// <summary>Records, labels included, that the brokers have taken.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Records, labels included, that were not delivered.</summary>
    public required long Failed { get; init; }

    /// <summary>The newest trouble with the brokers in words; null when there was none.</summary>
    public required string? LastError { get; init; }
}
