namespace Levee.Bench;

/// <summary>One figure of one side, measured once a round; the median speaks for it.</summary>
internal sealed record Measure(string Unit, IReadOnlyList<double> Rounds)
{
    /// <summary>Decimals that are shown of figures below 100.</summary>
    public int Decimals { get; init; } = 2;

    /// <summary>The middle 95 % of what the figure might have been; null where only the rounds tell.</summary>
    public Interval? Interval { get; init; }

    public double Median
    {
        get
        {
            var sorted = Rounds.Order().ToArray();
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }
}
