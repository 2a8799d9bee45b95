namespace Levee.Models;

/// <summary>A version in an ensemble.</summary>
/// <param name="Version">Its name in the registry, such as "v3".</param>
/// <param name="Weight">Its share, above 0; the shares of all members add up to 1.</param>
/// <param name="Artifact">The version itself.</param>
public sealed record EnsembleMember(string Version, double Weight, ModelArtifact Artifact);
