using System.Runtime.Intrinsics;

namespace Levee.Models;

/// <summary>Evaluates many rows of an ensemble.</summary>
internal abstract class BatchEvaluator
{
    /// <summary>The fastest evaluator for an ensemble on this processor.</summary>
    public static BatchEvaluator For(CompiledTrees compiled, IReadOnlyList<TreeDefinition> trees) =>
        Vector256.IsHardwareAccelerated && trees.Count > 0 && trees.All(tree => tree.LeafValues.Count <= RankedTrees.MaxLeaves)
            ? new RankedTrees(compiled, trees)
            : new TreeWalker(compiled);

    /// <summary>Writes each row's sum of the trees, added in the order of the trees, without the bias.</summary>
    public abstract void Sum(ReadOnlySpan<float> rows, int columns, Span<double> sums);
}
