namespace Levee.Features;

/// <summary>Standard deviation of a sample from exact sums.</summary>
internal static class SampleDeviation
{
    /// <summary>
    /// sqrt((n * sum of squares - square of the sum) / (n * (n - 1))), in currency units. The numerator is exact in integers, so nothing
    /// cancels; floating point begins with the division.
    /// </summary>
    /// <returns>NaN for fewer than two values.</returns>
    public static double Of(long count, Int128 sumCents, Int128 sumSquares) => count < 2
        ? double.NaN
        : Math.Sqrt((double)((count * sumSquares) - (sumCents * sumCents)) / ((double)count * (count - 1))) / 100.0;
}
