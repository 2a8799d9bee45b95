namespace Levee.Models;

/// <summary>How far two samples of one feature are apart.</summary>
public static class KolmogorovSmirnov
{
    /// <summary>
    /// The two-sample statistic sup |F1(x) - F2(x)| of the empirical distribution functions (Smirnov 1939): 0 for equal samples, 1 for
    /// samples that do not overlap. Missing values are left out.
    /// </summary>
    /// <returns>0 to 1; NaN when a sample has no value.</returns>
    public static double Distance(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var a = Sorted(first);
        var b = Sorted(second);
        if (a.Length == 0 || b.Length == 0)
        {
            return double.NaN;
        }

        var (i, j, worst) = (0, 0, 0.0);
        while (i < a.Length && j < b.Length)
        {
            // Past all values equal to the smaller one in both: the functions are compared between values, never within a tie.
            var value = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] == value)
            {
                i++;
            }

            while (j < b.Length && b[j] == value)
            {
                j++;
            }

            worst = Math.Max(worst, Math.Abs(((double)i / a.Length) - ((double)j / b.Length)));
        }

        return worst;
    }

    private static float[] Sorted(ReadOnlySpan<float> values)
    {
        var present = new List<float>(values.Length);
        foreach (var value in values)
        {
            if (!float.IsNaN(value))
            {
                present.Add(value);
            }
        }

        present.Sort();
        return [.. present];
    }
}
