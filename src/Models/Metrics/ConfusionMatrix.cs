using System.Text.Json.Serialization;

namespace Levee.Models;

/// <summary>How many rows of each class were called fraud at a threshold.</summary>
/// <param name="TruePositives">Frauds called fraud.</param>
/// <param name="FalsePositives">Legitimate rows called fraud.</param>
/// <param name="TrueNegatives">Legitimate rows not called fraud.</param>
/// <param name="FalseNegatives">Frauds not called fraud.</param>
public readonly record struct ConfusionMatrix(long TruePositives, long FalsePositives, long TrueNegatives, long FalseNegatives)
{
    /// <summary>Share of the rows called fraud that are; 0 when none is called fraud.</summary>
    [JsonIgnore]
    public double Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>Share of the frauds that are called fraud; 0 when there is none.</summary>
    [JsonIgnore]
    public double Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    /// <summary>Harmonic mean of precision and recall; 0 when there is nothing to find and nothing called fraud.</summary>
    [JsonIgnore]
    public double F1 => Ratio(2 * TruePositives, (2 * TruePositives) + FalsePositives + FalseNegatives);

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
