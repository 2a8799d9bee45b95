namespace Levee.Models;

/// <summary>
/// Metrics with 95 % intervals from a bootstrap over cards: a round draws as many cards as there are, with replacement, and takes all rows of
/// each. Rows of one card are alike, so drawing rows would make the intervals too narrow. The same seed draws the same cards.
/// </summary>
public static class Bootstrap
{
    private const double Tail = 0.025;

    /// <summary>The metrics of a sample.</summary>
    /// <param name="sample">The rows, at least one.</param>
    /// <param name="rounds">Number of rounds, 1 or more.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="ct">Stops between rounds.</param>
    public static IReadOnlyDictionary<string, MetricInterval> Evaluate(
        EvaluationSample sample, int rounds, int seed, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var (values, drawn) = Run([sample], rounds, seed, ct);
        return MetricNames.All.Select((name, m) => (name, Interval(values[0][m], drawn.Select(round => round[0][m]))))
            .ToDictionary(pair => pair.name, pair => pair.Item2);
    }

    /// <summary>The differences of two models' metrics on the same rows, paired: each round draws the same cards for both.</summary>
    /// <param name="sample">The rows as one model scores them.</param>
    /// <param name="other">The same rows as the other model scores them.</param>
    /// <param name="rounds">Number of rounds, 1 or more.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="ct">Stops between rounds.</param>
    /// <returns>The first model's metrics less the other's.</returns>
    public static IReadOnlyDictionary<string, MetricInterval> Compare(
        EvaluationSample sample, EvaluationSample other, int rounds, int seed, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(other);
        if (!sample.Cards.AsSpan().SequenceEqual(other.Cards) || !sample.Labels.AsSpan().SequenceEqual(other.Labels))
        {
            throw new ArgumentException("Both samples must be of the same rows.", nameof(other));
        }

        var (values, drawn) = Run([sample, other], rounds, seed, ct);
        return MetricNames.All
            .Select((name, m) => (name, Interval(values[0][m] - values[1][m], drawn.Select(round => round[0][m] - round[1][m]))))
            .ToDictionary(pair => pair.name, pair => pair.Item2);
    }

    private static (double[][] Values, List<double[][]> Drawn) Run(EvaluationSample[] samples, int rounds, int seed, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        if (samples[0].Count == 0)
        {
            throw new ArgumentException("There is no row to evaluate.", nameof(samples));
        }

        var cards = samples[0].Cards.Distinct().Order().Select((card, index) => (card, index)).ToDictionary(pair => pair.card, pair => pair.index);
        var models = Array.ConvertAll(samples, sample => new WeightedMetrics(sample, cards));
        var weights = new int[cards.Count];
        weights.AsSpan().Fill(1);
        var values = Array.ConvertAll(models, model => model.Compute(weights));
        var random = new Random(seed);
        var drawn = new List<double[][]>(rounds);
        for (var round = 0; round < rounds; round++)
        {
            ct.ThrowIfCancellationRequested();
            weights.AsSpan().Clear();
            for (var i = 0; i < weights.Length; i++)
            {
                weights[random.Next(weights.Length)]++;
            }

            drawn.Add(Array.ConvertAll(models, model => model.Compute(weights)));
        }

        return (values, drawn);
    }

    // Rounds without a fraud have no AUC; when half of them have none, no interval can be told.
    private static MetricInterval Interval(double value, IEnumerable<double> rounds)
    {
        var all = rounds.ToArray();
        var sorted = all.Where(double.IsFinite).Order().ToArray();
        return sorted.Length * 2 < all.Length || sorted.Length == 0
            ? new MetricInterval(value, double.NaN, double.NaN)
            : new MetricInterval(value, Quantile(sorted, Tail), Quantile(sorted, 1 - Tail));
    }

    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
