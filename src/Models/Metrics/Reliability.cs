namespace Levee.Models;

/// <summary>Whether probabilities mean what they say.</summary>
public static class Reliability
{
    /// <summary>Number of bins that the expected calibration error uses.</summary>
    public const int DefaultBins = 10;

    /// <summary>Puts rows into bins of equal width.</summary>
    /// <param name="probabilities">0 to 1.</param>
    /// <param name="labels">True for fraud.</param>
    /// <param name="bins">Number of bins, 1 or more.</param>
    public static ReliabilityBin[] Bins(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels, int bins = DefaultBins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        BinaryMetrics.CheckLengths(probabilities.Length, labels.Length);
        var (rows, frauds, sums) = (new long[bins], new long[bins], new double[bins]);
        for (var i = 0; i < labels.Length; i++)
        {
            var bin = BinOf(probabilities[i], bins);
            rows[bin]++;
            frauds[bin] += labels[i] ? 1 : 0;
            sums[bin] += probabilities[i];
        }

        return [.. Enumerable.Range(0, bins).Select(bin => new ReliabilityBin(
            (double)bin / bins, (bin + 1.0) / bins, rows[bin], frauds[bin], rows[bin] == 0 ? double.NaN : sums[bin] / rows[bin]))];
    }

    /// <summary>
    /// Expected calibration error (Naeini et al. 2015): the mean distance between mean probability and share of frauds of ten bins of equal
    /// width, weighted by their rows.
    /// </summary>
    /// <param name="probabilities">0 to 1.</param>
    /// <param name="labels">True for fraud.</param>
    /// <returns>0 to 1; NaN without rows.</returns>
    public static double ExpectedError(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels) =>
        labels.IsEmpty
            ? double.NaN
            : Bins(probabilities, labels).Where(bin => bin.Rows > 0).Sum(bin => bin.Rows * Math.Abs(bin.MeanProbability - bin.FraudRate))
                / labels.Length;

    /// <summary>Brier score: the mean squared distance of probability and label.</summary>
    /// <param name="probabilities">0 to 1.</param>
    /// <param name="labels">True for fraud.</param>
    /// <returns>0 to 1; NaN without rows.</returns>
    public static double Brier(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        BinaryMetrics.CheckLengths(probabilities.Length, labels.Length);
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var error = probabilities[i] - (labels[i] ? 1 : 0);
            sum += error * error;
        }

        return sum / labels.Length;
    }

    internal static int BinOf(double probability, int bins) => Math.Clamp((int)(probability * bins), 0, bins - 1);
}
