using System.Globalization;

namespace Levee.Bench;

/// <summary>One line of the table: Levee's figure, the baseline's where there is one, and what the budget asks of it.</summary>
internal sealed record Comparison
{
    public required string Name { get; init; }

    public required Measure Levee { get; init; }

    public Measure? Baseline { get; init; }

    /// <summary>The budget in words; null when the figure is for information.</summary>
    public string? Must { get; init; }

    /// <summary>Whether the budget is met; null without one.</summary>
    public bool? Met { get; init; }

    /// <summary>Levee's median by the baseline's.</summary>
    public double? Ratio => Baseline is null ? null : Levee.Median / Baseline.Median;

    public static Comparison Info(string name, Measure levee, Measure? baseline = null) =>
        new() { Name = name, Levee = levee, Baseline = baseline };

    public static Comparison RatioAtLeast(string name, Measure levee, Measure baseline, double ratio) => new()
    {
        Name = name,
        Levee = levee,
        Baseline = baseline,
        Must = string.Create(CultureInfo.InvariantCulture, $">= {ratio}x"),
        Met = levee.Median / baseline.Median >= ratio,
    };

    public static Comparison Lower(string name, Measure levee, Measure baseline) => new()
    {
        Name = name,
        Levee = levee,
        Baseline = baseline,
        Must = "lower",
        Met = levee.Median < baseline.Median,
    };

    public static Comparison NoSlower(string name, Measure levee, Measure baseline) => new()
    {
        Name = name,
        Levee = levee,
        Baseline = baseline,
        Must = "<= 1x",
        Met = levee.Median <= baseline.Median,
    };

    public static Comparison Above(string name, Measure levee, double limit) => new()
    {
        Name = name,
        Levee = levee,
        Must = string.Create(CultureInfo.InvariantCulture, $"> {limit:0.00}"),
        Met = levee.Median > limit,
    };

    public static Comparison AtLeast(string name, Measure levee, double limit) => new()
    {
        Name = name,
        Levee = levee,
        Must = string.Create(CultureInfo.InvariantCulture, $">= {limit:N0} {levee.Unit}"),
        Met = levee.Median >= limit,
    };

    public static Comparison AtMost(string name, Measure levee, double limit) => new()
    {
        Name = name,
        Levee = levee,
        Must = string.Create(CultureInfo.InvariantCulture, $"<= {limit:N0} {levee.Unit}"),
        Met = levee.Median <= limit,
    };
}
