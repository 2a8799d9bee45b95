namespace Levee.Storage;

/// <summary>A stored run.</summary>
public sealed record RunRow
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>What kind of run: "first", "train", "retrain", ...</summary>
    public required string Kind { get; init; }

    /// <summary>Who started it.</summary>
    public required string Who { get; init; }

    /// <summary>"running", "finished" or "failed". A run that was killed stays "running" for ever.</summary>
    public required string Status { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended, or null.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public string? Error { get; init; }

    /// <summary>The version that it registered, or null.</summary>
    public string? Version { get; init; }

    /// <summary>Parameters by name.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Metrics by name; empty until it has finished.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }
}
