namespace Levee.Grains;

/// <summary>A time in which a version was in production.</summary>
[GenerateSerializer, Immutable, Alias("levee.LivePeriod")]
public sealed record LivePeriod
{
    /// <summary>Such as "v1".</summary>
    [Id(0)] public required string Version { get; init; }

    /// <summary>When it went into production.</summary>
    [Id(1)] public required DateTimeOffset From { get; init; }

    /// <summary>When it left; null while it is in production.</summary>
    [Id(2)] public DateTimeOffset? Until { get; init; }

    /// <summary>Who promoted it.</summary>
    [Id(3)] public required string Who { get; init; }

    /// <summary>Why.</summary>
    [Id(4)] public required string Why { get; init; }
}
