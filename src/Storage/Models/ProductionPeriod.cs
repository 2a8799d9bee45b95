namespace Levee.Storage;

/// <summary>A time in which a version was in production.</summary>
/// <param name="Version">Such as "v1".</param>
/// <param name="From">When it went into production.</param>
/// <param name="Until">When it left; null while it is in production.</param>
/// <param name="Who">Who promoted it.</param>
/// <param name="Why">Why.</param>
public sealed record ProductionPeriod(string Version, DateTimeOffset From, DateTimeOffset? Until, string Who, string Why);
