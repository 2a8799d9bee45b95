namespace Levee.Storage;

/// <summary>
/// What a silo serves and what it loads ahead. Both are read at once: a version that left Staging for production is never in neither.
/// </summary>
/// <param name="Production">The version in production, of whatever feature list, or null.</param>
/// <param name="Staged">The newest version in Staging of the silo's feature list, or null.</param>
public sealed record VersionsToServe(string? Production, string? Staged);
