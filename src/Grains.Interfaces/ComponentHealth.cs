namespace Levee.Grains;

/// <summary>The health of one component.</summary>
/// <param name="Healthy">Whether it works.</param>
/// <param name="Detail">In one sentence, for people.</param>
[GenerateSerializer, Immutable, Alias("levee.ComponentHealth")]
public sealed record ComponentHealth([property: Id(0)] bool Healthy, [property: Id(1)] string Detail);
