namespace Levee.Storage;

/// <summary>What became of a request that may be repeated.</summary>
/// <param name="Added">How many labels were new, the first time.</param>
/// <param name="IsRepeated">Whether the key had been used, so that nothing was stored.</param>
/// <param name="IsOtherBody">Whether it had been used for something else; then <paramref name="Added"/> is that request's.</param>
public readonly record struct IdempotentResult(int Added, bool IsRepeated, bool IsOtherBody);
