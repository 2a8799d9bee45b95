namespace Levee.Models;

/// <summary>How many training rows reached each leaf: what a tree expects when a feature is not known.</summary>
public sealed class TreeCovers
{
    private readonly int[][] _leaves;

    /// <summary>Takes counts.</summary>
    /// <param name="leaves">For each tree the number of rows at each leaf, in the order of <see cref="TreeDefinition.LeafValues"/>.</param>
    /// <exception cref="ArgumentException">A count is negative, or a tree has none.</exception>
    public TreeCovers(IEnumerable<int[]> leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        _leaves = [.. leaves.Select(tree => (int[])tree.Clone())];
        if (_leaves.Any(tree => tree.Any(count => count < 0) || tree.All(count => count == 0)))
        {
            throw new ArgumentException("Every tree needs leaf counts of 0 or more, and at least one above 0.", nameof(leaves));
        }
    }

    /// <summary>Number of trees.</summary>
    public int TreeCount => _leaves.Length;

    /// <summary>The counts of a tree's leaves.</summary>
    /// <param name="tree">The tree, from 0.</param>
    public ReadOnlySpan<int> Leaves(int tree) => _leaves[tree];

    /// <summary>Counts where rows go.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="rows">The rows, at least one; NaN is missing.</param>
    public static TreeCovers Count(TreeEnsemble trees, IEnumerable<float[]> rows)
    {
        ArgumentNullException.ThrowIfNull(trees);
        ArgumentNullException.ThrowIfNull(rows);
        var counts = trees.Trees.Select(tree => new int[tree.LeafValues.Count]).ToArray();
        foreach (var row in rows)
        {
            for (var tree = 0; tree < counts.Length; tree++)
            {
                counts[tree][SplitDecision.Leaf(trees.Trees[tree], row)]++;
            }
        }

        return new TreeCovers(counts);
    }

    internal bool Fits(TreeEnsemble trees) =>
        _leaves.Length == trees.TreeCount && !_leaves.Where((tree, i) => tree.Length != trees.Trees[i].LeafValues.Count).Any();
}
