namespace Levee.Grains;

/// <summary>A label as the stream delivers it.</summary>
[GenerateSerializer, Immutable, Alias("levee.LabelRecord")]
public sealed record LabelRecord
{
    /// <summary>What became known.</summary>
    [Id(0)] public required LabelSubmission Label { get; init; }
}
