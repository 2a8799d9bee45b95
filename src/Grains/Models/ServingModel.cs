using Levee.Features;
using Levee.Models;
using Levee.Training;

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
        _explainer = new(() => artifact is { Trees: { } trees, Covers: { } covers } ? new ModelExplainer(artifact, trees, covers, features) : null);
    }

    public string Version { get; }

    public double Threshold => _artifact.Metadata.Threshold;

    public string FeatureHash => _artifact.Metadata.FeatureHash;

    /// <summary>Gives reasons; null when <see cref="WhyNoReasons"/> says why not.</summary>
    public ModelExplainer? Explainer => _explainer.Value;

    /// <summary>Why there are no reasons, in words; null when there are.</summary>
    public string? WhyNoReasons => _artifact switch
    {
        { Trees: not null, Covers: not null } => null,
        { Trees: not null } => "The version was made before versions kept what reasons need; train again.",
        { Ensemble: not null } => "The version averages probabilities; only an ensemble of trees that averages margins has reasons.",
        _ => "The version is not made of trees; only trees have reasons.",
    };

    /// <summary>Loads a version and makes sure that it may serve.</summary>
    /// <param name="version">Such as "v1".</param>
    /// <param name="bytes">The artifact.</param>
    /// <param name="features">The feature list in use.</param>
    /// <exception cref="ModelArtifactException">The version must not serve; the message says why.</exception>
    public static ServingModel Load(string version, ReadOnlyMemory<byte> bytes, FeatureList features)
    {
        var artifact = StoredArtifact.Read(bytes, features.Hash);
        if (artifact.Probe.Count < ProbeSet.LeastRowsToServe)
        {
            throw new ModelArtifactException(
                $"The model was compared with ML.NET on {artifact.Probe.Count} rows; at least {ProbeSet.LeastRowsToServe} are needed to serve.");
        }

        return new ServingModel(version, artifact, features);
    }

    /// <summary>Calibrated probability of fraud for one feature vector.</summary>
    public double Predict(ReadOnlySpan<float> features) => _artifact.Predict(features);

    /// <summary>Calibrated probabilities of fraud for many feature vectors, one after the other.</summary>
    public void PredictBatch(ReadOnlySpan<float> rows, int columns, Span<double> probabilities) =>
        _artifact.PredictBatch(rows, columns, probabilities);
}
