namespace Levee.Grains;

/// <summary>A model version as one silo serves it.</summary>
/// <param name="Version">Such as "v1".</param>
/// <param name="FeatureHash">Hash of the feature list that the model was trained on.</param>
/// <param name="Threshold">Probability from which a transaction is called fraud.</param>
[GenerateSerializer, Immutable, Alias("levee.ServedModel")]
public sealed record ServedModel(
    [property: Id(0)] string Version,
    [property: Id(1)] string FeatureHash,
    [property: Id(2)] double Threshold);
