namespace Levee.Training;

/// <summary>How a model is evaluated.</summary>
public sealed class EvaluationOptions
{
    /// <summary>Rounds of the bootstrap behind the intervals, 10 to 10,000. Defaults to 300.</summary>
    public int BootstrapRounds { get; init; } = 300;

    /// <summary>Rounds for each segment, 10 to 10,000. Defaults to 100.</summary>
    public int SegmentRounds { get; init; } = 100;

    /// <summary>Segments of a kind that are shown, the largest first; the rest is one more. 1 to 1,000, defaults to 12.</summary>
    public int MaxSegments { get; init; } = 12;

    /// <summary>Rows that SHAP values are averaged over, evenly from all, 1 or more. Defaults to 10,000.</summary>
    public int ShapRows { get; init; } = 10_000;

    /// <summary>What it costs to look at an alert, in the base currency, 0 or more. Defaults to 5.</summary>
    public double ReviewCost { get; init; } = 5;

    /// <summary>The seed of the bootstrap. Defaults to 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Makes sure that every value is in its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not; the message names it.</exception>
    public void Validate()
    {
        CheckRange(BootstrapRounds, 10, 10_000, nameof(BootstrapRounds));
        CheckRange(SegmentRounds, 10, 10_000, nameof(SegmentRounds));
        CheckRange(MaxSegments, 1, 1_000, nameof(MaxSegments));
        CheckRange(ShapRows, 1, int.MaxValue, nameof(ShapRows));
        if (!double.IsFinite(ReviewCost) || ReviewCost < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(ReviewCost), ReviewCost, "ReviewCost must be 0 or more.");
        }
    }

    private static void CheckRange(int value, int min, int max, string name)
    {
        if (value < min || value > max)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {min} to {max}.");
        }
    }
}
