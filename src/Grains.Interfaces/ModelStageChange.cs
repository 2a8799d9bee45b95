namespace Levee.Grains;

/// <summary>A row of the registry's history.</summary>
[GenerateSerializer, Immutable, Alias("levee.ModelStageChange")]
public sealed record ModelStageChange
{
    /// <summary>Such as "v1".</summary>
    [Id(0)] public required string Version { get; init; }

    /// <summary>The stage before.</summary>
    [Id(1)] public required string From { get; init; }

    /// <summary>The stage after.</summary>
    [Id(2)] public required string To { get; init; }

    /// <summary>When.</summary>
    [Id(3)] public required DateTimeOffset At { get; init; }

    /// <summary>Who asked for it.</summary>
    [Id(4)] public required string Who { get; init; }

    /// <summary>The reason.</summary>
    [Id(5)] public required string Why { get; init; }

    /// <summary>Whether it belongs to a rollback.</summary>
    [Id(6)] public required bool IsRollback { get; init; }

    /// <summary>The version's metrics at that moment.</summary>
    [Id(7)] public required KeyValuePair<string, double>[] Metrics { get; init; }
}
