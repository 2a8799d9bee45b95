namespace Levee.Training;

/// <content>How a model is validated, chosen, calibrated and given its threshold.</content>
public sealed partial class TrainingOptions
{
    /// <summary>
    /// Folds of the cross-validation, 2 to 20: consecutive periods at the end of the training rows, each scored by a model of the rows before it
    /// less the label delay. Defaults to 5.
    /// </summary>
    public int Folds { get; init; } = 5;

    /// <summary>How probabilities are calibrated on the folds. Defaults to the method with the lower log loss, or none.</summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.Automatic;

    /// <summary>How the decision threshold is chosen on the folds. Defaults to the highest F1.</summary>
    public ThresholdRule ThresholdRule { get; init; } = ThresholdRule.MaxF1;

    /// <summary>What it costs to look at an alert, in the base currency, 0 or more. Defaults to 5.</summary>
    public double ReviewCost { get; init; } = 5;

    /// <summary>Alerts that can be looked at in a day, above 0; for <see cref="ThresholdRule.AlertsPerDay"/>. Defaults to 100.</summary>
    public double AlertsPerDay { get; init; } = 100;

    /// <summary>Random trials of the hyper-parameter search, 0 to 10,000; 0 trains with the parameters as they are. Defaults to 0.</summary>
    public int SearchTrials { get; init; }

    /// <summary>Trials around the best one after the random ones, 0 to 10,000. Defaults to 0.</summary>
    public int LocalTrials { get; init; }

    /// <summary>Trials without a better one after which the random and the local part of the search end, 1 or more. Defaults to 20.</summary>
    public int SearchPatience { get; init; } = 20;

    /// <summary>
    /// Longest time of the search. A search that it ends depends on the machine's speed, one that the trials end does not. Defaults to 10
    /// minutes.
    /// </summary>
    public TimeSpan SearchTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether logistic regression, FastForest and reweighted classes are trained beside, for comparison. Defaults to false.
    /// </summary>
    public bool CompareCandidates { get; init; }

    private void ValidateSelection()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Folds, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Folds, 20);
        CheckEnum(Calibration, nameof(Calibration));
        CheckEnum(ThresholdRule, nameof(ThresholdRule));
        CheckFinite(ReviewCost, nameof(ReviewCost));
        ArgumentOutOfRangeException.ThrowIfNegative(ReviewCost);
        CheckFinite(AlertsPerDay, nameof(AlertsPerDay));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(AlertsPerDay);
        ArgumentOutOfRangeException.ThrowIfNegative(SearchTrials);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SearchTrials, 10_000);
        ArgumentOutOfRangeException.ThrowIfNegative(LocalTrials);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LocalTrials, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(SearchPatience, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SearchTime, TimeSpan.Zero);
    }

    private static void CheckEnum<T>(T value, string name)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be one of {string.Join(", ", Enum.GetNames<T>())}.");
        }
    }

    private static void CheckFinite(double value, string name)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be a finite number.");
        }
    }
}
