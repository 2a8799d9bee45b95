using Levee.Models;

namespace Levee.Training;

/// <summary>Reads stored versions of every kind.</summary>
public static class StoredArtifact
{
    /// <summary>Reads an artifact and makes sure that it may serve: see <see cref="ModelArtifact.FromBytes"/>.</summary>
    /// <param name="data">The blob.</param>
    /// <param name="expectedFeatureHash">Hash of the feature list in use.</param>
    /// <exception cref="ModelArtifactException">The artifact must not be served; the message says why.</exception>
    public static ModelArtifact Read(ReadOnlyMemory<byte> data, string expectedFeatureHash) =>
        ModelArtifact.FromBytes(data, expectedFeatureHash, MlNetClassifier.Load);
}
