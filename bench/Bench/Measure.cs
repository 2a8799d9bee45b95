namespace Levee.Bench;

/// <summary>One figure of one side, measured once a round; the median speaks for it.</summary>
internal sealed record Measure(string Unit, IReadOnlyList<double> Rounds)
{
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
