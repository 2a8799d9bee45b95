using System.Globalization;

namespace Levee.Training;

/// <summary>What the search varies, and between which bounds: most on a logarithmic scale, as their effect is.</summary>
internal static class SearchSpace
{
    private static readonly Dimension[] Dimensions =
    [
        new(nameof(TrainingOptions.Trees), 50, 300, Whole: true, Logarithmic: true),
        new(nameof(TrainingOptions.LearningRate), 0.02, 0.3, Whole: false, Logarithmic: true),
        new(nameof(TrainingOptions.Leaves), 7, 63, Whole: true, Logarithmic: true),
        new(nameof(TrainingOptions.MaxDepth), 3, 10, Whole: true, Logarithmic: false),
        new(nameof(TrainingOptions.MinRowsPerLeaf), 5, 200, Whole: true, Logarithmic: true),
        new(nameof(TrainingOptions.MinChildWeight), 0.01, 10, Whole: false, Logarithmic: true),
        new(nameof(TrainingOptions.Subsample), 0.5, 1, Whole: false, Logarithmic: false),
        new(nameof(TrainingOptions.ColumnSample), 0.3, 1, Whole: false, Logarithmic: false),
        new(nameof(TrainingOptions.L2), 0.1, 30, Whole: false, Logarithmic: true),
        new(nameof(TrainingOptions.PositiveWeight), 1, 20, Whole: false, Logarithmic: true),
        new(nameof(TrainingOptions.MaxBins), 255, 4095, Whole: true, Logarithmic: true),
    ];

    /// <summary>The varied parameters of a configuration.</summary>
    public static IReadOnlyDictionary<string, string> Describe(TrainingOptions options)
    {
        var all = TrainingParameters.Describe(options);
        return Dimensions.ToDictionary(dimension => dimension.Name, dimension => all[dimension.Name]);
    }

    /// <summary>A configuration from anywhere in the space.</summary>
    public static TrainingOptions Anywhere(TrainingOptions options, Random random) =>
        With(options, Dimensions.Select(dimension => (dimension, random.NextDouble())));

    /// <summary>A configuration near another: about a third of the parameters move, by up to the reach on a scale of 0 to 1.</summary>
    public static TrainingOptions Near(TrainingOptions best, double reach, Random random)
    {
        var all = TrainingParameters.Describe(best);
        var moved = new List<(Dimension, double)>();
        var always = random.Next(Dimensions.Length);
        for (var i = 0; i < Dimensions.Length; i++)
        {
            var step = ((random.NextDouble() * 2) - 1) * reach;
            if (random.Next(3) == 0 || i == always)
            {
                var value = double.Parse(all[Dimensions[i].Name], CultureInfo.InvariantCulture);
                moved.Add((Dimensions[i], Math.Clamp(Dimensions[i].ToUnit(value) + step, 0, 1)));
            }
        }

        return With(best, moved);
    }

    private static TrainingOptions With(TrainingOptions options, IEnumerable<(Dimension Dimension, double Unit)> values) =>
        TrainingParameters.With(options, values.Select(value => new KeyValuePair<string, string>(
            value.Dimension.Name, value.Dimension.Format(value.Unit))));

    /// <summary>One parameter and its bounds.</summary>
    private sealed record Dimension(string Name, double Min, double Max, bool Whole, bool Logarithmic)
    {
        public double ToUnit(double value) => Math.Clamp(
            Logarithmic ? Math.Log(Math.Max(value, 1e-9) / Min) / Math.Log(Max / Min) : (value - Min) / (Max - Min), 0, 1);

        // Four digits are enough to tell trials apart, and short enough to be read.
        public string Format(double unit)
        {
            var value = Logarithmic ? Min * Math.Pow(Max / Min, unit) : Min + (unit * (Max - Min));
            value = Math.Clamp(value, Min, Max);
            return Whole
                ? ((int)Math.Round(value)).ToString(CultureInfo.InvariantCulture)
                : value.ToString("G4", CultureInfo.InvariantCulture);
        }
    }
}
