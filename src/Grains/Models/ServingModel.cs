using Levee.Models;

namespace Levee.Grains.Models;

/// <summary>One loaded model version: immutable, shared by all scoring threads.</summary>
internal sealed class ServingModel(string version, ModelArtifact artifact)
{
    public string Version { get; } = version;

    public double Threshold { get; } = artifact.Metadata.Threshold;

    public string FeatureHash { get; } = artifact.Metadata.FeatureHash;

    /// <summary>Calibrated probability of fraud for one feature vector.</summary>
    public double Predict(ReadOnlySpan<float> features) => artifact.Predict(features);
}
