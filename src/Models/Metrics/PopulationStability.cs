namespace Levee.Models;

/// <summary>How much the distribution of a feature has shifted.</summary>
public static class PopulationStability
{
    /// <summary>Bins of the values: deciles of the expected sample.</summary>
    public const int Bins = 10;

    // A share of nothing would make the index infinite: half a value, as in the log odds of Haldane (1956), stands in each bin beside its own.
    private const double Added = 0.5;

    /// <summary>
    /// The population stability index, sum of (a - e) ln(a / e) over bins with the shares e of the expected and a of the actual sample (Siddiqi
    /// 2006, "Credit Risk Scorecards", chapter 9; it is the symmetric divergence of Kullback and Leibler 1951). The bins are the deciles of the
    /// expected sample, equal values together, and one for missing values. By custom less than 0.1 is no shift, more than 0.25 a large one.
    /// </summary>
    /// <param name="expected">The sample to compare with; NaN is missing.</param>
    /// <param name="actual">The sample that may have shifted.</param>
    /// <returns>0 or more, and finite; NaN when a sample is empty.</returns>
    public static double Index(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.IsEmpty || actual.IsEmpty)
        {
            return double.NaN;
        }

        var ends = Deciles(expected);
        var (before, after) = (Counts(expected, ends), Counts(actual, ends));
        var sum = 0.0;
        for (var bin = 0; bin < before.Length; bin++)
        {
            // A bin that neither sample reaches says nothing.
            if (before[bin] + after[bin] > 0)
            {
                var e = Share(before[bin], expected.Length, before.Length);
                var a = Share(after[bin], actual.Length, before.Length);
                sum += (a - e) * Math.Log(a / e);
            }
        }

        return sum;
    }

    private static double Share(long count, int all, int bins) => (count + Added) / (all + (Added * bins));

    // The inner ends of the bins, ascending and without repeats; a value belongs to the first bin whose end is not below it.
    private static float[] Deciles(ReadOnlySpan<float> sample)
    {
        var sorted = new List<float>(sample.Length);
        foreach (var value in sample)
        {
            if (!float.IsNaN(value))
            {
                sorted.Add(value);
            }
        }

        sorted.Sort();
        var ends = new List<float>(Bins - 1);
        for (var decile = 1; decile < Bins && sorted.Count > 0; decile++)
        {
            var end = sorted[(int)(((long)decile * sorted.Count + Bins - 1) / Bins) - 1];
            if (ends.Count == 0 || end > ends[^1])
            {
                ends.Add(end);
            }
        }

        return [.. ends];
    }

    // The bins between the ends, the one above them, and the missing values.
    private static long[] Counts(ReadOnlySpan<float> sample, float[] ends)
    {
        var counts = new long[ends.Length + 2];
        foreach (var value in sample)
        {
            if (float.IsNaN(value))
            {
                counts[^1]++;
            }
            else
            {
                var found = Array.BinarySearch(ends, value);
                counts[found >= 0 ? found : ~found]++;
            }
        }

        return counts;
    }
}
