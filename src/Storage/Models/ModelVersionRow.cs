namespace Levee.Storage;

/// <summary>A registered model version, without its bytes.</summary>
/// <param name="Version">Such as "v1".</param>
/// <param name="Stage">Where it is in its life.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="FeatureHash">Hash of the feature list that it was trained on.</param>
/// <param name="Metrics">Metrics on held-out time.</param>
public sealed record ModelVersionRow(
    string Version, ModelStage Stage, DateTimeOffset CreatedAt, string FeatureHash, IReadOnlyDictionary<string, double> Metrics);
