using System.Globalization;

namespace Levee.Models;

/// <summary>
/// Reads LightGBM's text format. LightGBM compares in double; a float value is at most a double threshold exactly when it is at most the
/// greatest float that is not above the threshold, so thresholds are rounded down.
/// </summary>
internal static class LightGbmModelParser
{
    private const int CategoricalBit = 1;
    private const int DefaultLeftBit = 2;
    private const int MissingShift = 2;

    public static TreeEnsemble Parse(string modelText)
    {
        ArgumentNullException.ThrowIfNull(modelText);
        var lines = modelText.Split('\n', StringSplitOptions.TrimEntries);
        if (lines[0] != "tree")
        {
            throw new ModelFormatException("The text is not a LightGBM model: its first line must be 'tree'.");
        }

        var position = 1;
        var header = ReadBlock(lines, ref position);
        if (header.GetValueOrDefault("num_class", "1") != "1" || header.GetValueOrDefault("num_tree_per_iteration", "1") != "1")
        {
            throw new ModelFormatException("The LightGBM model has several classes; only binary classification is supported.");
        }

        if (header.ContainsKey("average_output"))
        {
            throw new ModelFormatException("The LightGBM model averages its trees (random forest); only boosting is supported.");
        }

        var slope = -ReadSigmoid(header.GetValueOrDefault("objective", ""));
        var featureCount = ReadInts(header, "max_feature_idx", "the header", 1)[0] + 1;
        var trees = new List<TreeDefinition>();
        while (position < lines.Length)
        {
            var line = lines[position++];
            if (line == "end of trees")
            {
                return TreeEnsemble.Create(trees, featureCount, sigmoidSlope: slope);
            }

            if (line.StartsWith("Tree=", StringComparison.Ordinal))
            {
                trees.Add(ReadTree(ReadBlock(lines, ref position), $"tree {trees.Count}"));
            }
        }

        throw new ModelFormatException("The LightGBM model is cut short: 'end of trees' is missing.");
    }

    private static Dictionary<string, string> ReadBlock(string[] lines, ref int position)
    {
        var block = new Dictionary<string, string>(StringComparer.Ordinal);
        while (position < lines.Length && lines[position].Length > 0 && !lines[position].StartsWith("Tree=", StringComparison.Ordinal))
        {
            var line = lines[position++];
            var separator = line.IndexOf('=', StringComparison.Ordinal);
            block[separator < 0 ? line : line[..separator]] = separator < 0 ? "" : line[(separator + 1)..];
        }

        return block;
    }

    private static double ReadSigmoid(string objective)
    {
        var parts = objective.Split(' ');
        if (parts[0] != "binary")
        {
            throw new ModelFormatException($"The LightGBM model has the objective '{objective}'; only 'binary' is supported.");
        }

        const string Prefix = "sigmoid:";
        var sigmoid = Array.Find(parts, p => p.StartsWith(Prefix, StringComparison.Ordinal));
        return sigmoid is null ? 1 : ParseDouble(sigmoid[Prefix.Length..], "sigmoid", "the header");
    }

    private static TreeDefinition ReadTree(Dictionary<string, string> block, string where)
    {
        if (block.GetValueOrDefault("is_linear", "0") != "0")
        {
            throw new ModelFormatException($"The LightGBM model has linear leaves in {where}; only constant leaves are supported.");
        }

        var leaves = ReadInts(block, "num_leaves", where, 1)[0];
        if (leaves < 1 || leaves > TreeNode.MaxNodes)
        {
            throw new ModelFormatException($"num_leaves is {leaves} in {where}.");
        }

        var values = ReadDoubles(block, "leaf_value", where, leaves);
        var count = leaves - 1;
        if (count == 0)
        {
            return new TreeDefinition([], values);
        }

        var features = ReadInts(block, "split_feature", where, count);
        var thresholds = ReadDoubles(block, "threshold", where, count);
        var decisions = ReadInts(block, "decision_type", where, count);
        var left = ReadInts(block, "left_child", where, count);
        var right = ReadInts(block, "right_child", where, count);
        var splits = new TreeSplit[count];
        for (var i = 0; i < count; i++)
        {
            if ((decisions[i] & CategoricalBit) != 0)
            {
                throw new ModelFormatException(
                    $"Split {i} of {where} is categorical (feature {features[i]}); only numerical splits are supported.");
            }

            var missing = (decisions[i] >> MissingShift) & 3;
            if (missing > (int)MissingKind.NaN)
            {
                throw new ModelFormatException($"Split {i} of {where} has the unknown decision_type {decisions[i]}.");
            }

            splits[i] = new TreeSplit(
                features[i], RoundDown(thresholds[i]), left[i], right[i], (MissingKind)missing, (decisions[i] & DefaultLeftBit) != 0);
        }

        return new TreeDefinition(splits, values);
    }

    private static float RoundDown(double threshold)
    {
        var nearest = (float)threshold;
        return nearest > threshold ? MathF.BitDecrement(nearest) : nearest;
    }

    private static int[] ReadInts(Dictionary<string, string> block, string name, string where, int count) =>
        Array.ConvertAll(ReadTokens(block, name, where, count), token => int.TryParse(token, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new ModelFormatException($"'{token}' in {name} of {where} is not an integer."));

    private static double[] ReadDoubles(Dictionary<string, string> block, string name, string where, int count) =>
        Array.ConvertAll(ReadTokens(block, name, where, count), token => ParseDouble(token, name, where));

    private static double ParseDouble(string token, string name, string where) =>
        token switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ when double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
            _ => throw new ModelFormatException($"'{token}' in {name} of {where} is not a number."),
        };

    private static string[] ReadTokens(Dictionary<string, string> block, string name, string where, int count)
    {
        if (!block.TryGetValue(name, out var text))
        {
            throw new ModelFormatException($"{name} is missing in {where}.");
        }

        var tokens = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return tokens.Length == count
            ? tokens
            : throw new ModelFormatException($"{name} of {where} has {tokens.Length} values; {count} are expected.");
    }
}
