namespace Levee.Models;

/// <summary>Checks trees and lays them out for the walk: level by level, siblings side by side.</summary>
internal static class TreeCompiler
{
    public static CompiledTrees Compile(IReadOnlyList<TreeDefinition> trees, int featureCount)
    {
        var total = trees.Sum(t => (long)t.Splits.Count + t.LeafValues.Count);
        if (total > TreeNode.MaxNodes)
        {
            throw new ModelFormatException($"The ensemble has {total} nodes; at most {TreeNode.MaxNodes} are possible.");
        }

        var copies = new List<(bool ZeroIsMissing, bool Left)>();
        var nodes = new List<TreeNode>((int)total);
        var values = new List<double>((int)total);
        var roots = new int[trees.Count];
        var depths = new int[trees.Count];
        var slots = new int[trees.Count][];
        for (var i = 0; i < trees.Count; i++)
        {
            Check(trees[i], i, featureCount);
            roots[i] = nodes.Count;
            slots[i] = [.. trees[i].Splits.Select(split => Slot(split, featureCount, copies))];
            depths[i] = Append(trees[i], i, slots[i], nodes, values);
        }

        if ((copies.Count * (long)featureCount) + 1 > TreeNode.MaxSlots)
        {
            throw new ModelFormatException($"The ensemble has {featureCount} features and {copies.Count} rules for missing values; " +
                $"their product may be at most {TreeNode.MaxSlots - 1}.");
        }

        return new CompiledTrees([.. nodes], [.. values], roots, depths, slots, new RowPreparation(featureCount, copies));
    }

    private static void Check(TreeDefinition tree, int index, int featureCount)
    {
        if (tree.LeafValues.Count != tree.Splits.Count + 1)
        {
            throw new ModelFormatException(
                $"Tree {index} has {tree.Splits.Count} splits and {tree.LeafValues.Count} leaves; leaves must be one more than splits.");
        }

        if (tree.Splits.Count + tree.LeafValues.Count > TreeNode.MaxTreeNodes)
        {
            throw new ModelFormatException(
                $"Tree {index} has {tree.LeafValues.Count} leaves; at most {(TreeNode.MaxTreeNodes + 1) / 2} are possible.");
        }

        for (var i = 0; i < tree.Splits.Count; i++)
        {
            var split = tree.Splits[i];
            if (split.Feature < 0 || split.Feature >= featureCount)
            {
                throw new ModelFormatException(
                    $"Split {i} of tree {index} reads feature {split.Feature}; the model has features 0 to {featureCount - 1}.");
            }

            if (float.IsNaN(split.Threshold))
            {
                throw new ModelFormatException($"Split {i} of tree {index} has no threshold (NaN).");
            }
        }

        foreach (var value in tree.LeafValues)
        {
            if (!double.IsFinite(value))
            {
                throw new ModelFormatException($"Tree {index} has the leaf value {value}; it must be finite.");
            }
        }
    }

    // Breadth first. Every split and leaf must be met exactly once: that excludes cycles, shared children and orphans.
    private static int Append(
        TreeDefinition tree,
        int index,
        int[] slots,
        List<TreeNode> nodes,
        List<double> values)
    {
        var seenSplits = new bool[tree.Splits.Count];
        var seenLeaves = new bool[tree.LeafValues.Count];
        var queue = new Queue<(int Reference, int Position, int Depth)>();
        var next = nodes.Count + 1;
        var deepest = 0;
        queue.Enqueue((tree.Splits.Count == 0 ? ~0 : 0, nodes.Count, 0));
        while (queue.TryDequeue(out var item))
        {
            Mark(item.Reference, index, seenSplits, seenLeaves);
            deepest = Math.Max(deepest, item.Depth);
            if (item.Reference < 0)
            {
                nodes.Add(new TreeNode(float.PositiveInfinity, 0, 0));
                values.Add(tree.LeafValues[~item.Reference]);
                continue;
            }

            var split = tree.Splits[item.Reference];
            nodes.Add(new TreeNode(split.Threshold, slots[item.Reference], next - item.Position));
            values.Add(0);
            queue.Enqueue((split.Left, next, item.Depth + 1));
            queue.Enqueue((split.Right, next + 1, item.Depth + 1));
            next += 2;
        }

        return deepest;
    }

    private static void Mark(int reference, int index, bool[] seenSplits, bool[] seenLeaves)
    {
        var (seen, position, kind) = reference < 0 ? (seenLeaves, ~reference, "leaf") : (seenSplits, reference, "split");
        if (position >= seen.Length)
        {
            throw new ModelFormatException($"Tree {index} refers to {kind} {position}, which does not exist.");
        }

        if (seen[position])
        {
            throw new ModelFormatException($"Tree {index} refers to {kind} {position} more than once.");
        }

        seen[position] = true;
    }

    private static int Slot(TreeSplit split, int featureCount, List<(bool ZeroIsMissing, bool Left)> copies)
    {
        // Without a rule NaN is read as 0, which is as good as a fixed direction for NaN.
        var rule = split.Missing == MissingKind.None
            ? (ZeroIsMissing: false, Left: split.Threshold >= 0)
            : (ZeroIsMissing: split.Missing == MissingKind.Zero, Left: split.DefaultLeft);
        var copy = copies.IndexOf(rule);
        if (copy < 0)
        {
            copy = copies.Count;
            copies.Add(rule);
        }

        // Beyond the last slot the ensemble is refused once it is complete.
        return Math.Min(1 + (copy * featureCount) + split.Feature, TreeNode.MaxSlots - 1);
    }
}
