namespace Levee.Grains;

/// <summary>The health of one silo and of what it depends on.</summary>
[GenerateSerializer, Immutable, Alias("levee.SystemHealth")]
public sealed record SystemHealth
{
    /// <summary>Whether a model is loaded, and which.</summary>
    [Id(0)] public required ComponentHealth Model { get; init; }

    /// <summary>Whether PostgreSQL answers.</summary>
    [Id(1)] public required ComponentHealth Database { get; init; }

    /// <summary>Whether the Kafka consumer runs and no partition is blocked.</summary>
    [Id(2)] public required ComponentHealth Stream { get; init; }

    /// <summary>Whether predictions are kept; null from a silo of a version before it said so.</summary>
    [Id(3)] public ComponentHealth? PredictionLog { get; init; }
}
