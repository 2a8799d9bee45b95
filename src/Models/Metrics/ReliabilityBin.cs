namespace Levee.Models;

/// <summary>Rows whose probabilities are close together: calibrated probabilities have a mean that is the share of frauds.</summary>
/// <param name="From">Lowest probability of the bin, inclusive.</param>
/// <param name="To">End of the bin, exclusive but for the last.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Frauds">How many of them are frauds.</param>
/// <param name="MeanProbability">Mean of the probabilities; NaN without rows.</param>
public readonly record struct ReliabilityBin(double From, double To, long Rows, long Frauds, double MeanProbability)
{
    /// <summary>Share of frauds; NaN without rows.</summary>
    public double FraudRate => Rows == 0 ? double.NaN : (double)Frauds / Rows;
}
