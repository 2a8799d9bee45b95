namespace Levee.Grains;

/// <summary>What came of a request to replay.</summary>
/// <param name="Refusals">Why nothing was begun, one sentence each; empty when it was.</param>
/// <param name="Partitions">The partitions under replay, by number.</param>
[GenerateSerializer, Immutable, Alias("levee.ReplayAnswer")]
public sealed record ReplayAnswer([property: Id(0)] string[] Refusals, [property: Id(1)] ReplayPartition[] Partitions);
