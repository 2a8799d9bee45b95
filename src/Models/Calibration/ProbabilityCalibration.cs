namespace Levee.Models;

/// <summary>
/// A strictly increasing map from a model's probabilities to calibrated ones. It is applied after the trees and leaves the order of scores,
/// and so AUC and average precision, as they are.
/// </summary>
public abstract class ProbabilityCalibration
{
    /// <summary>Leaves probabilities as they are.</summary>
    public static ProbabilityCalibration None { get; } = new IdentityCalibration();

    /// <summary>"none", "platt" or "isotonic".</summary>
    public abstract string Kind { get; }

    /// <summary>The numbers that make it, as the artifact stores them.</summary>
    public abstract IReadOnlyList<double> Parameters { get; }

    /// <summary>The calibrated probability.</summary>
    /// <param name="probability">0 to 1.</param>
    /// <returns>0 to 1.</returns>
    public abstract double Apply(double probability);

    /// <summary>Calibrates many probabilities in place.</summary>
    /// <param name="probabilities">0 to 1 each.</param>
    public void Apply(Span<double> probabilities)
    {
        foreach (ref var probability in probabilities)
        {
            probability = Apply(probability);
        }
    }

    /// <summary>Makes a map from what was stored.</summary>
    /// <param name="kind">As <see cref="Kind"/>.</param>
    /// <param name="parameters">As <see cref="Parameters"/>.</param>
    /// <exception cref="ArgumentException">They make no increasing map.</exception>
    public static ProbabilityCalibration Create(string kind, IReadOnlyList<double> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return kind switch
        {
            IdentityCalibration.Name when parameters.Count == 0 => None,
            PlattCalibration.Name when parameters.Count == 2 => new PlattCalibration(parameters[0], parameters[1]),
            IsotonicCalibration.Name when parameters.Count % 2 == 0 => new IsotonicCalibration(
                [.. parameters.Take(parameters.Count / 2)], [.. parameters.Skip(parameters.Count / 2)]),
            _ => throw new ArgumentException($"There is no calibration '{kind}' with {parameters.Count} parameters."),
        };
    }
}
