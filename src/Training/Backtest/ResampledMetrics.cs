namespace Levee.Training;

/// <summary>Metrics of one fold on resampled customers, one value a resample.</summary>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="AveragePrecision">Average precision.</param>
/// <param name="CardPrecision">Card precision.</param>
public sealed record ResampledMetrics(double[] Auc, double[] AveragePrecision, double[] CardPrecision)
{
    private const double Tail = 0.025;

    /// <summary>The middle 95 % of resampled values.</summary>
    /// <param name="values">At least one.</param>
    public static (double Low, double High) Interval(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (At(Tail), At(1 - Tail));

        double At(double share)
        {
            var place = share * (sorted.Length - 1);
            var below = (int)place;
            var above = Math.Min(below + 1, sorted.Length - 1);
            return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
        }
    }
}
