namespace Levee.Training;

/// <summary>
/// How a model is trained. The classes are not reweighted: probabilities then keep their meaning, and the decision threshold, not the
/// training, deals with the rarity of fraud. <see cref="PositiveWeight"/> changes that.
/// </summary>
public sealed partial class TrainingOptions
{
    /// <summary>Name of the model. Defaults to "fraud-lightgbm".</summary>
    public string Name { get; init; } = "fraud-lightgbm";

    /// <summary>
    /// The learner. Defaults to LightGBM. FastTree uses of the parameters below trees, leaves, learning rate, rows per leaf, bins and the shares
    /// of rows and features; FastForest trees, leaves, rows per leaf and bins; the linear learners L1 and L2.
    /// </summary>
    public Algorithm Algorithm { get; init; } = Algorithm.LightGbm;

    /// <summary>Number of trees, 1 or more. Defaults to 150.</summary>
    public int Trees { get; init; } = 150;

    /// <summary>Most levels of a tree, 1 or more. Defaults to 4.</summary>
    public int MaxDepth { get; init; } = 4;

    /// <summary>Most leaves of a tree, 2 or more. Defaults to 16.</summary>
    public int Leaves { get; init; } = 16;

    /// <summary>Learning rate, above 0 up to 1. Defaults to 0.05.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>Share of the rows that each tree sees, above 0 up to 1. Defaults to 0.8.</summary>
    public double Subsample { get; init; } = 0.8;

    /// <summary>Share of the features that each tree sees, above 0 up to 1. Defaults to 0.5.</summary>
    public double ColumnSample { get; init; } = 0.5;

    /// <summary>Least sum of second derivatives in a leaf, 0 or more. Defaults to 1.</summary>
    public double MinChildWeight { get; init; } = 1;

    /// <summary>Least number of rows in a leaf, 1 or more. Defaults to 20.</summary>
    public int MinRowsPerLeaf { get; init; } = 20;

    /// <summary>L2 regularisation, 0 or more. Defaults to 1.</summary>
    public double L2 { get; init; } = 1;

    /// <summary>L1 regularisation, 0 or more. Defaults to 0.</summary>
    public double L1 { get; init; }

    /// <summary>Most distinct values that a feature is cut into, 2 to 65,535. Amounts need many. Defaults to 1,023.</summary>
    public int MaxBins { get; init; } = 1023;

    /// <summary>Weight of a fraud relative to a legitimate row, above 0. Defaults to 1.</summary>
    public double PositiveWeight { get; init; } = 1;

    /// <summary>The seed of all randomness. Defaults to 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Threads of the trainer, 1 or more; the trees do not depend on it. Defaults to 2.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Length of the held-out latest period. Defaults to 7 days.</summary>
    public TimeSpan TestPeriod { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Time until a label counts as known, left free between training and test. Defaults to 7 days.</summary>
    public TimeSpan LabelDelay { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Time as of which labels are known, microseconds since the Unix epoch. Rows whose label is not mature then are left out. Defaults to
    /// null: every row is mature.
    /// </summary>
    public long? AsOfMicros { get; init; }

    /// <summary>Least number of training rows. Defaults to 1,000.</summary>
    public int MinTrainingRows { get; init; } = 1_000;

    /// <summary>Least number of frauds in the training rows. Defaults to 20.</summary>
    public int MinTrainingFrauds { get; init; } = 20;

    /// <summary>Least number of frauds in the test rows. Defaults to 5.</summary>
    public int MinTestFrauds { get; init; } = 5;

    /// <summary>
    /// Rows on which what serves is compared with the ML.NET model, 1 or more; a version may serve with 10,000 or more. Defaults to 10,000.
    /// </summary>
    public int ProbeRows { get; init; } = 10_000;

    /// <summary>Where the rows came from, for the record. Defaults to "unspecified".</summary>
    public string DataQuery { get; init; } = "unspecified";

    /// <summary>Makes sure that every value is in its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not; the message names it.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Name);
        ArgumentException.ThrowIfNullOrWhiteSpace(DataQuery);
        ArgumentOutOfRangeException.ThrowIfLessThan(Trees, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDepth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Leaves, 2);
        CheckShare(LearningRate, nameof(LearningRate));
        CheckShare(Subsample, nameof(Subsample));
        CheckShare(ColumnSample, nameof(ColumnSample));
        ArgumentOutOfRangeException.ThrowIfNegative(MinChildWeight);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinRowsPerLeaf, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(L2);
        ArgumentOutOfRangeException.ThrowIfNegative(L1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBins, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBins, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PositiveWeight);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TestPeriod, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LabelDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinTrainingRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinTrainingFrauds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinTestFrauds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ProbeRows, 1);
        ValidateSelection();
        ValidateAlgorithm();
    }

    private void ValidateAlgorithm()
    {
        CheckEnum(Algorithm, nameof(Algorithm));
        if (Algorithm == Algorithm.LightGbm)
        {
            return;
        }

        if (SearchTrials + LocalTrials > 0)
        {
            throw new ArgumentOutOfRangeException(nameof(SearchTrials), SearchTrials, $"The search knows LightGBM only; {Algorithm} needs 0 trials.");
        }

        if (PositiveWeight != 1)
        {
            throw new ArgumentOutOfRangeException(nameof(PositiveWeight), PositiveWeight, $"Only LightGBM weighs rows; {Algorithm} needs 1.");
        }
    }

    private static void CheckShare(double value, string name)
    {
        if (value is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and at most 1.");
        }
    }
}
