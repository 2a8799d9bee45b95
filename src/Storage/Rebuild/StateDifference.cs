namespace Levee.Storage;

/// <summary>One thing in which a stored live state differs from what the tables give.</summary>
/// <param name="Kind">Customer or merchant.</param>
/// <param name="Key">The grain's key.</param>
/// <param name="Field">What differs.</param>
/// <param name="Live">What the live state says; "-" for nothing.</param>
/// <param name="Rebuilt">What the tables give; "-" for nothing.</param>
public sealed record StateDifference(GrainKind Kind, long Key, string Field, string Live, string Rebuilt);
