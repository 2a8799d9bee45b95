namespace Levee.Models.Tests;

/// <summary>Random trees and rows, and the walk straight from the definition of a split.</summary>
internal static class RandomTrees
{
    private static readonly float[] Specials =
        [float.NaN, 0, -0f, 1e-36f, -1e-35f, 2e-35f, 1, -1, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue];

    public static List<TreeDefinition> Make(Random random, int trees, int features) =>
        [.. Enumerable.Range(0, trees).Select(_ => Make(random, features))];

    public static TreeDefinition Make(Random random, int features)
    {
        var splits = new List<TreeSplit>();
        var leaves = random.Next(1, 16);

        // Like LightGBM: each new split replaces a leaf, which becomes its left child.
        for (var leaf = 1; leaf < leaves; leaf++)
        {
            var replaced = random.Next(leaf);
            var index = splits.Count;
            for (var i = 0; i < splits.Count; i++)
            {
                splits[i] = splits[i] with
                {
                    Left = splits[i].Left == ~replaced ? index : splits[i].Left,
                    Right = splits[i].Right == ~replaced ? index : splits[i].Right,
                };
            }

            splits.Add(new TreeSplit(
                random.Next(features), Threshold(random), ~replaced, ~leaf, (MissingKind)random.Next(3), random.Next(2) == 0));
        }

        return new TreeDefinition(splits, [.. Enumerable.Range(0, leaves).Select(_ => random.NextDouble() - 0.5)]);
    }

    public static float[] Row(Random random, int features) =>
        [.. Enumerable.Range(0, features).Select(_ => Value(random))];

    public static double NaiveRaw(IEnumerable<TreeDefinition> trees, float[] row) => trees.Sum(t => NaiveLeaf(t, row));

    public static bool GoesLeft(TreeSplit split, float feature)
    {
        double value = feature;
        if (double.IsNaN(value) && split.Missing != MissingKind.NaN)
        {
            value = 0;
        }

        var isDefault = (split.Missing == MissingKind.NaN && double.IsNaN(value))
            || (split.Missing == MissingKind.Zero && value >= -1e-35f && value <= 1e-35f);
        return isDefault ? split.DefaultLeft : value <= split.Threshold;
    }

    private static double NaiveLeaf(TreeDefinition tree, float[] row)
    {
        var node = tree.Splits.Count == 0 ? ~0 : 0;
        while (node >= 0)
        {
            var split = tree.Splits[node];
            node = GoesLeft(split, row[split.Feature]) ? split.Left : split.Right;
        }

        return tree.LeafValues[~node];
    }

    private static float Threshold(Random random)
    {
        var value = Value(random);
        return float.IsNaN(value) ? 0.5f : value;
    }

    private static float Value(Random random) =>
        random.Next(3) == 0 ? Specials[random.Next(Specials.Length)] : (float)random.Next(-8, 9) / 4;
}
