namespace Levee.Models;

/// <summary>Every leaf's path as a list of features instead of splits.</summary>
internal sealed class ShapPaths
{
    // A leaf's features are marked in a bit each.
    private const int MostFactors = 64;

    private readonly TreeEnsemble _trees;
    private readonly TreeCovers _covers;
    private readonly List<TreeSplit> _splits = [];
    private readonly List<ShapLeaf> _leaves = [];
    private readonly List<ShapFactor> _factors = [];
    private readonly List<int> _conditions = [];
    private readonly List<(int Split, bool Left, double Share)> _path = [];

    public ShapPaths(TreeEnsemble trees, TreeCovers covers)
    {
        _trees = trees;
        _covers = covers;
        for (var tree = 0; tree < trees.TreeCount; tree++)
        {
            AddTree(tree);
        }

        Splits = [.. _splits];
        Leaves = [.. _leaves];
        Factors = [.. _factors];
        Conditions = [.. _conditions];
    }

    /// <summary>All trees' splits, one after the other.</summary>
    public TreeSplit[] Splits { get; }

    public ShapLeaf[] Leaves { get; }

    public ShapFactor[] Factors { get; }

    /// <summary>Splits that must go left, and complements of those that must go right.</summary>
    public int[] Conditions { get; }

    /// <summary>Mean leaf value of the training rows, summed over the trees.</summary>
    public double Expected { get; private set; }

    private void AddTree(int index)
    {
        var tree = _trees.Trees[index];
        var leaves = _covers.Leaves(index);
        var splitCovers = new long[tree.Splits.Count];
        var root = tree.Splits.Count == 0 ? ~0 : 0;
        var total = Cover(tree, root, leaves, splitCovers);
        for (var leaf = 0; leaf < leaves.Length; leaf++)
        {
            Expected += tree.LeafValues[leaf] * leaves[leaf] / total;
        }

        var offset = _splits.Count;
        _splits.AddRange(tree.Splits);
        Walk(tree, root, leaves, splitCovers, offset);
    }

    private static long Cover(TreeDefinition tree, int node, ReadOnlySpan<int> leaves, long[] splits)
    {
        if (node < 0)
        {
            return leaves[~node];
        }

        var split = tree.Splits[node];
        return splits[node] = Cover(tree, split.Left, leaves, splits) + Cover(tree, split.Right, leaves, splits);
    }

    private void Walk(TreeDefinition tree, int node, ReadOnlySpan<int> leaves, long[] splits, int offset)
    {
        if (node < 0)
        {
            AddLeaf(tree, ~node, offset);
            return;
        }

        var split = tree.Splits[node];
        foreach (var (child, left) in (ReadOnlySpan<(int, bool)>)[(split.Left, true), (split.Right, false)])
        {
            var cover = child < 0 ? leaves[~child] : splits[child];
            _path.Add((node, left, splits[node] == 0 ? 0 : (double)cover / splits[node]));
            Walk(tree, child, leaves, splits, offset);
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private void AddLeaf(TreeDefinition tree, int leaf, int offset)
    {
        var first = _factors.Count;
        foreach (var feature in _path.GroupBy(step => tree.Splits[step.Split].Feature))
        {
            var conditions = _conditions.Count;
            var share = 1.0;
            foreach (var (split, left, part) in feature)
            {
                _conditions.Add(left ? offset + split : ~(offset + split));
                share *= part;
            }

            _factors.Add(new ShapFactor(feature.Key, conditions, _conditions.Count - conditions, share));
        }

        var count = _factors.Count - first;
        if (count > MostFactors)
        {
            throw new ArgumentException($"A path reads {count} features; at most {MostFactors} can be explained.");
        }

        _leaves.Add(new ShapLeaf(first, count, tree.LeafValues[leaf]));
    }
}
