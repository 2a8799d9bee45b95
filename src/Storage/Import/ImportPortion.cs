namespace Levee.Storage;

/// <summary>Customers whose rows are imported together.</summary>
/// <param name="First">The lowest id.</param>
/// <param name="Last">The highest id, inclusive.</param>
internal readonly record struct ImportPortion(long First, long Last);
