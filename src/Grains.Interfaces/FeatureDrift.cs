namespace Levee.Grains;

/// <summary>How far a feature of recent predictions is from the rows that the model was made with.</summary>
/// <param name="Feature">Name of the feature.</param>
/// <param name="Distance">Kolmogorov-Smirnov distance of the values that are there, 0 to 1.</param>
/// <param name="StabilityIndex">Population stability index, 0 or more; missing values count as a value of their own.</param>
[GenerateSerializer, Immutable, Alias("levee.FeatureDrift")]
public sealed record FeatureDrift(
    [property: Id(0)] string Feature, [property: Id(1)] double Distance, [property: Id(2)] double StabilityIndex);
