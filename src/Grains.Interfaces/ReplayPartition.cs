namespace Levee.Grains;

/// <summary>The replay of one partition, planned or under way.</summary>
[GenerateSerializer, Immutable, Alias("levee.ReplayPartition")]
public sealed record ReplayPartition
{
    /// <summary>Name of the topic.</summary>
    [Id(0)] public required string Topic { get; init; }

    /// <summary>Partition number, from 0.</summary>
    [Id(1)] public required int Partition { get; init; }

    /// <summary>Which log the offsets belong to; 0 when it is not said.</summary>
    [Id(2)] public int Epoch { get; init; }

    /// <summary>The first offset delivered once more.</summary>
    [Id(3)] public required long From { get; init; }

    /// <summary>The offset at which the replay ends and ordinary delivery goes on; equal to <see cref="From"/> when there is nothing.</summary>
    [Id(4)] public required long To { get; init; }

    /// <summary>Everything before this offset has been delivered once more.</summary>
    [Id(5)] public required long Next { get; init; }

    /// <summary>"running", "done" or "interrupted".</summary>
    [Id(6)] public required string State { get; init; }

    /// <summary>Why the partition cannot be replayed, one sentence, or null.</summary>
    [Id(7)] public string? Refusal { get; init; }
}
