using Levee.Features;
using Levee.Models;

namespace Levee.Grains.Models;

/// <summary>One loaded model version: immutable, shared by all scoring threads.</summary>
internal sealed class ServingModel
{
    private readonly ModelArtifact _artifact;
    private readonly Lazy<ModelExplainer?> _explainer;

    public ServingModel(string version, ModelArtifact artifact, FeatureList features)
    {
        Version = version;
        _artifact = artifact;
        _explainer = new(() => artifact.Covers is { } covers ? new ModelExplainer(artifact, covers, features) : null);
    }

    public string Version { get; }

    public double Threshold => _artifact.Metadata.Threshold;

    public string FeatureHash => _artifact.Metadata.FeatureHash;

    /// <summary>Gives reasons; null for a version that was made before artifacts kept what that needs.</summary>
    public ModelExplainer? Explainer => _explainer.Value;

    /// <summary>Calibrated probability of fraud for one feature vector.</summary>
    public double Predict(ReadOnlySpan<float> features) => _artifact.Predict(features);

    /// <summary>Calibrated probabilities of fraud for many feature vectors, one after the other.</summary>
    public void PredictBatch(ReadOnlySpan<float> rows, int columns, Span<double> probabilities) =>
        _artifact.PredictBatch(rows, columns, probabilities);
}
