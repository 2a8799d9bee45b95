namespace Levee.Training;

/// <summary>A metric over folds.</summary>
/// <param name="Mean">Mean of the folds.</param>
/// <param name="Std">Standard deviation of the folds around their mean (divided by their number, as in the handbook's tables).</param>
public readonly record struct MetricSummary(double Mean, double Std)
{
    /// <summary>Of the folds' values, at least one.</summary>
    public static MetricSummary Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var mean = values.Average();
        return new MetricSummary(mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }
}
