using Levee.Models;

namespace Levee.Training;

/// <summary>
/// Rows that look for differences between what serves and ML.NET: real rows, of which the first half stays as it is (<see cref="ProbeSet.RealRows"/>)
/// and the others get values from other rows, missing, zero and negative values; for trees also huge and infinite ones, and values exactly at a threshold and right beside it.
/// </summary>
internal static class ProbeRows
{
    private const double ChangedValues = 0.3;

    public static IReadOnlyList<float[]> Make(IReadOnlyList<TrainingRow> rows, TreeEnsemble trees, int count, int seed) =>
        Make(rows, trees.Trees, count, seed, isTrees: true);

    public static IReadOnlyList<float[]> Make(
        IReadOnlyList<TrainingRow> rows, IEnumerable<TreeDefinition> trees, int count, int seed, bool isTrees)
    {
        var random = new Random(seed);
        var thresholds = trees
            .SelectMany(t => t.Splits)
            .GroupBy(s => s.Feature)
            .ToDictionary(g => g.Key, g => g.Select(s => s.Threshold).Distinct().ToArray());
        var probe = new float[count][];
        for (var i = 0; i < count; i++)
        {
            var row = (float[])rows[random.Next(rows.Count)].Features.Clone();
            if (i >= ProbeSet.RealRowsOf(count))
            {
                for (var feature = 0; feature < row.Length; feature++)
                {
                    if (random.NextDouble() < ChangedValues)
                    {
                        row[feature] = Change(row[feature], rows[random.Next(rows.Count)].Features[feature],
                            thresholds.GetValueOrDefault(feature), random, isTrees);
                    }
                }
            }

            probe[i] = row;
        }

        return probe;
    }

    private static float Change(float value, float other, float[]? thresholds, Random random, bool isTrees)
    {
        var threshold = thresholds is null ? other : thresholds[random.Next(thresholds.Length)];
        return random.Next(10) switch
        {
            0 or 1 => float.NaN,
            2 => 0,
            3 => -value,
            4 => threshold,
            5 => MathF.BitIncrement(threshold),
            6 => MathF.BitDecrement(threshold),
            7 when isTrees => random.Next(2) == 0 ? float.MaxValue : float.MinValue,
            8 when isTrees => random.Next(2) == 0 ? float.PositiveInfinity : float.NegativeInfinity,
            _ => other,
        };
    }
}
