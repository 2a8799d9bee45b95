using Levee.Storage;

namespace Levee.Grains.Tracking;

/// <summary>A finished run, as trackers are told of it.</summary>
public sealed record TrackedRun
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>What kind of run.</summary>
    public required string Kind { get; init; }

    /// <summary>Who started it.</summary>
    public required string Who { get; init; }

    /// <summary>The version that it registered.</summary>
    public required string Version { get; init; }

    /// <summary>That version's stage.</summary>
    public required ModelStage Stage { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Parameters by name.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Metrics by name.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>The files.</summary>
    public required IReadOnlyList<RunArtifact> Files { get; init; }
}
