using System.Globalization;
using Levee.Models;

namespace Levee.Training;

/// <summary>Compares two ensembles, bit by bit.</summary>
public static class TreeDifference
{
    /// <summary>The first difference in words; null when the ensembles are identical.</summary>
    /// <param name="expected">The ensemble that was registered.</param>
    /// <param name="actual">The one that was trained again.</param>
    public static string? First(TreeEnsemble expected, TreeEnsemble actual)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);
        return Differs("number of trees", expected.TreeCount, actual.TreeCount)
            ?? Differs("number of features", expected.FeatureCount, actual.FeatureCount)
            ?? Differs("bias", expected.Bias, actual.Bias)
            ?? Differs("slope of the sigmoid", expected.SigmoidSlope, actual.SigmoidSlope)
            ?? Differs("term of the sigmoid", expected.SigmoidOffset, actual.SigmoidOffset)
            ?? Enumerable.Range(0, expected.TreeCount)
                .Select(i => First(i, expected.Trees[i], actual.Trees[i]))
                .FirstOrDefault(difference => difference is not null);
    }

    private static string? First(int index, TreeDefinition expected, TreeDefinition actual)
    {
        if (Differs($"tree {index}: number of splits", expected.Splits.Count, actual.Splits.Count) is { } splits)
        {
            return splits;
        }

        for (var i = 0; i < expected.Splits.Count; i++)
        {
            if (!expected.Splits[i].Equals(actual.Splits[i]))
            {
                return $"tree {index}, split {i}: {expected.Splits[i]} became {actual.Splits[i]}";
            }
        }

        for (var i = 0; i < expected.LeafValues.Count; i++)
        {
            if (Differs($"tree {index}, leaf {i}", expected.LeafValues[i], actual.LeafValues[i]) is { } leaf)
            {
                return leaf;
            }
        }

        return null;
    }

    private static string? Differs(string what, double expected, double actual) =>
        BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{what}: {expected:R} became {actual:R}");
}
