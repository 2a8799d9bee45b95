namespace Levee.Features;

/// <summary>The outcome of a fold.</summary>
/// <param name="Status">What was done.</param>
/// <param name="Sequence">The transaction's place among the accepted ones, from 1; 0 when it was not accepted.</param>
/// <param name="IsLate">Its minute had ended, so it is not in a 1-minute row.</param>
public readonly record struct FoldResult(FoldStatus Status, long Sequence, bool IsLate);
