namespace Levee.Models;

/// <summary>A split taken by its definition, for what needs each single decision; scoring uses the compiled form.</summary>
internal static class SplitDecision
{
    private const float ZeroThreshold = 1e-35f;

    public static bool GoesLeft(in TreeSplit split, float value)
    {
        if (float.IsNaN(value))
        {
            return split.Missing == MissingKind.None ? split.Threshold >= 0 : split.DefaultLeft;
        }

        return split.Missing == MissingKind.Zero && Math.Abs(value) <= ZeroThreshold ? split.DefaultLeft : value <= split.Threshold;
    }

    /// <summary>Index of the leaf that a row reaches.</summary>
    public static int Leaf(TreeDefinition tree, ReadOnlySpan<float> row)
    {
        var node = tree.Splits.Count == 0 ? ~0 : 0;
        while (node >= 0)
        {
            var split = tree.Splits[node];
            node = GoesLeft(split, row[split.Feature]) ? split.Left : split.Right;
        }

        return ~node;
    }
}
