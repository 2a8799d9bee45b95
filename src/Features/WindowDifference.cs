namespace Levee.Features;

/// <summary>One thing in which a live window differs from the one that stored transactions and labels give.</summary>
/// <param name="Field">What differs, such as "sequence" or "event 7c1a...".</param>
/// <param name="Live">What the live window says; "-" when it has nothing.</param>
/// <param name="Rebuilt">What it should say; "-" when it should have nothing.</param>
public sealed record WindowDifference(string Field, string Live, string Rebuilt);
