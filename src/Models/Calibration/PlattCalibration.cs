namespace Levee.Models;

/// <summary>A logistic curve over the log-odds (Platt 1999): p becomes sigmoid(slope * logit(p) + intercept).</summary>
public sealed class PlattCalibration : ProbabilityCalibration
{
    internal const string Name = "platt";

    // Log-odds beyond these are those of 0 and 1 in single precision.
    private const double Smallest = 1e-12;
    private const int Iterations = 100;

    /// <summary>Creates a curve.</summary>
    /// <param name="slope">Factor of the log-odds, above 0.</param>
    /// <param name="intercept">Term.</param>
    /// <exception cref="ArgumentException">The curve does not increase.</exception>
    public PlattCalibration(double slope, double intercept)
    {
        if (!double.IsFinite(slope) || slope <= 0 || !double.IsFinite(intercept))
        {
            throw new ArgumentException($"A slope of {slope} and an intercept of {intercept} make no increasing curve.");
        }

        Slope = slope;
        Intercept = intercept;
    }

    /// <summary>Factor of the log-odds.</summary>
    public double Slope { get; }

    /// <summary>Term.</summary>
    public double Intercept { get; }

    /// <inheritdoc/>
    public override string Kind => Name;

    /// <inheritdoc/>
    public override IReadOnlyList<double> Parameters => [Slope, Intercept];

    /// <inheritdoc/>
    public override double Apply(double probability) => Sigmoid((Slope * Logit(probability)) + Intercept);

    /// <summary>
    /// Fits the curve by maximum likelihood, with Platt's targets that stay off 0 and 1. Null when no increasing curve fits, for instance with
    /// one class only.
    /// </summary>
    /// <param name="probabilities">Probabilities of a model on rows that it was not trained on.</param>
    /// <param name="labels">True for fraud.</param>
    public static PlattCalibration? Fit(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        BinaryMetrics.CheckLengths(probabilities.Length, labels.Length);
        var positives = labels.Count(true);
        var negatives = labels.Length - positives;
        if (positives == 0 || negatives == 0)
        {
            return null;
        }

        var (high, low) = ((positives + 1.0) / (positives + 2), 1.0 / (negatives + 2));
        var logits = new double[labels.Length];
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = Logit(probabilities[i]);
        }

        // Newton's method with halved steps: the likelihood is concave.
        var (slope, intercept) = (1.0, 0.0);
        var best = Loss(logits, labels, high, low, slope, intercept);
        for (var step = 0; step < Iterations; step++)
        {
            var (ds, di) = Direction(logits, labels, high, low, slope, intercept);
            var size = 1.0;
            var loss = Loss(logits, labels, high, low, slope + ds, intercept + di);
            while (loss > best && size > 1e-6)
            {
                size /= 2;
                loss = Loss(logits, labels, high, low, slope + (size * ds), intercept + (size * di));
            }

            if (!(loss < best - 1e-12))
            {
                break;
            }

            (slope, intercept, best) = (slope + (size * ds), intercept + (size * di), loss);
        }

        return double.IsFinite(slope) && slope > 0 && double.IsFinite(intercept) ? new PlattCalibration(slope, intercept) : null;
    }

    private static (double Slope, double Intercept) Direction(
        double[] logits, ReadOnlySpan<bool> labels, double high, double low, double slope, double intercept)
    {
        double gs = 0, gi = 0, hss = 1e-12, hsi = 0, hii = 1e-12;
        for (var i = 0; i < logits.Length; i++)
        {
            var p = Sigmoid((slope * logits[i]) + intercept);
            var error = (labels[i] ? high : low) - p;
            var weight = p * (1 - p);
            gs += error * logits[i];
            gi += error;
            hss += weight * logits[i] * logits[i];
            hsi += weight * logits[i];
            hii += weight;
        }

        var determinant = (hss * hii) - (hsi * hsi);
        return (((hii * gs) - (hsi * gi)) / determinant, ((hss * gi) - (hsi * gs)) / determinant);
    }

    private static double Loss(double[] logits, ReadOnlySpan<bool> labels, double high, double low, double slope, double intercept)
    {
        var sum = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            // -t log p - (1 - t) log(1 - p), written so that nothing overflows.
            var z = (slope * logits[i]) + intercept;
            sum += Math.Max(z, 0) - (z * (labels[i] ? high : low)) + Math.Log(1 + Math.Exp(-Math.Abs(z)));
        }

        return double.IsNaN(sum) ? double.PositiveInfinity : sum;
    }

    private static double Logit(double probability)
    {
        var p = Math.Clamp(probability, Smallest, 1 - Smallest);
        return Math.Log(p / (1 - p));
    }

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
}
