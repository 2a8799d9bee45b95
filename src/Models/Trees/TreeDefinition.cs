namespace Levee.Models;

/// <summary>One tree as it was trained: split 0 is the root; a tree without splits is its single leaf.</summary>
/// <param name="Splits">Inner nodes.</param>
/// <param name="LeafValues">Raw score of each leaf; one more than there are splits.</param>
public sealed record TreeDefinition(IReadOnlyList<TreeSplit> Splits, IReadOnlyList<double> LeafValues);
