namespace Levee.Bench.Infer;

/// <summary>Something that scores rows, measured a stretch a round.</summary>
internal sealed class Subject(string name, int portions, int rowsPerPortion, Action<int> score)
{
    private readonly List<Stretch> _rounds = [];

    public string Name => name;

    public Measure RowsPerSecond => new("rows/s", [.. _rounds.Select(round => round.RowsPerSecond)]);

    public Measure Nanoseconds => new("ns", [.. _rounds.Select(round => round.Nanoseconds)]);

    public Measure BytesPerRow => new("B", [.. _rounds.Select(round => round.BytesPerRow)]) { Decimals = 1 };

    /// <summary>One stretch; that of a warm-up does not count.</summary>
    public void Run(TimeSpan length, bool isWarmUp, CancellationToken stop)
    {
        var stretch = Stretch.Run(score, portions, rowsPerPortion, length, stop);
        if (!isWarmUp)
        {
            _rounds.Add(stretch);
        }
    }

    /// <summary>Rows a second, nanoseconds and bytes a row.</summary>
    public IEnumerable<Comparison> Lines(Subject? baseline, double? must)
    {
        yield return must is { } ratio
            ? Comparison.RatioAtLeast($"{name}: rate", RowsPerSecond, baseline!.RowsPerSecond, ratio)
            : Comparison.Info($"{name}: rate", RowsPerSecond, baseline?.RowsPerSecond);
        yield return Comparison.Info($"{name}: time a row", Nanoseconds, baseline?.Nanoseconds);
        yield return Comparison.Info($"{name}: allocated a row", BytesPerRow, baseline?.BytesPerRow);
    }
}
