namespace Levee.Storage;

/// <summary>A file of a run.</summary>
/// <param name="Name">Such as "report.html".</param>
/// <param name="Content">Its bytes.</param>
public sealed record RunArtifact(string Name, byte[] Content);
