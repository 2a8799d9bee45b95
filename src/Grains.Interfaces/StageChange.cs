namespace Levee.Grains;

/// <summary>What came of a request to change a version's stage: exactly one of the three is not null or true.</summary>
[GenerateSerializer, Immutable, Alias("levee.StageChange")]
public sealed record StageChange
{
    /// <summary>The version as it is now: for a rollback the one that is back in production.</summary>
    [Id(0)] public ModelVersion? Version { get; init; }

    /// <summary>Why it was refused.</summary>
    [Id(1)] public string? Refusal { get; init; }

    /// <summary>There is no such version.</summary>
    [Id(2)] public bool IsUnknown { get; init; }
}
