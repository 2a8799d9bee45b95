namespace Levee.Models;

/// <summary>
/// Centred isotonic regression (Oron and Flournoy 2017): the pooled means of the adjacent violators, each at the mean score of its block, and
/// straight lines between them. Unlike the usual steps it strictly increases, so that no two scores become equal. It goes through (0, 0) and
/// (1, 1); means are drawn half a row towards one half, so that no score becomes certain.
/// </summary>
public sealed class IsotonicCalibration : ProbabilityCalibration
{
    internal const string Name = "isotonic";

    private readonly double[] _scores;
    private readonly double[] _probabilities;

    /// <summary>Creates a map from its corners.</summary>
    /// <param name="scores">Strictly increasing, from 0 to 1.</param>
    /// <param name="probabilities">The probability at each score, strictly increasing, from 0 to 1.</param>
    /// <exception cref="ArgumentException">The corners make no such map.</exception>
    public IsotonicCalibration(double[] scores, double[] probabilities)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(probabilities);
        if (scores.Length < 2 || scores.Length != probabilities.Length || !Increases(scores) || !Increases(probabilities))
        {
            throw new ArgumentException("An isotonic map needs scores and probabilities that rise from 0 to 1.");
        }

        _scores = (double[])scores.Clone();
        _probabilities = (double[])probabilities.Clone();
    }

    /// <inheritdoc/>
    public override string Kind => Name;

    /// <inheritdoc/>
    public override IReadOnlyList<double> Parameters => [.. _scores, .. _probabilities];

    /// <inheritdoc/>
    public override double Apply(double probability)
    {
        var right = Array.BinarySearch(_scores, probability);
        if (right >= 0)
        {
            return _probabilities[right];
        }

        right = Math.Clamp(~right, 1, _scores.Length - 1);
        var (x0, x1) = (_scores[right - 1], _scores[right]);
        var (y0, y1) = (_probabilities[right - 1], _probabilities[right]);
        return y0 + ((Math.Clamp(probability, 0, 1) - x0) / (x1 - x0) * (y1 - y0));
    }

    /// <summary>Fits the map. Null with one class only.</summary>
    /// <param name="probabilities">Probabilities of a model on rows that it was not trained on.</param>
    /// <param name="labels">True for fraud.</param>
    public static IsotonicCalibration? Fit(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        BinaryMetrics.CheckLengths(probabilities.Length, labels.Length);
        var positives = labels.Count(true);
        if (positives == 0 || positives == labels.Length)
        {
            return null;
        }

        var blocks = new List<Block>();
        var sorted = probabilities.ToArray();
        var sortedLabels = labels.ToArray();
        Array.Sort(sorted, sortedLabels);
        for (var i = 0; i < sorted.Length;)
        {
            // Equal scores cannot be told apart, whatever order the sort has left them in.
            var score = sorted[i];
            var same = default(Block);
            for (; i < sorted.Length && sorted[i] == score; i++)
            {
                same = new Block(same.Rows + 1, same.Scores + score, same.Found + (sortedLabels[i] ? 1 : 0));
            }

            Push(blocks, same, block => block.Found / block.Rows);
        }

        // Half a row of each kind for every block may bring two blocks out of order again.
        var shrunk = new List<Block>();
        foreach (var block in blocks)
        {
            Push(shrunk, block, pooled => (pooled.Found + 0.5) / (pooled.Rows + 1));
        }

        var (scores, values) = (new List<double> { 0 }, new List<double> { 0 });
        foreach (var block in shrunk)
        {
            var (score, value) = (block.Scores / block.Rows, (block.Found + 0.5) / (block.Rows + 1));
            if (score > scores[^1] && value > values[^1] && score < 1 && value < 1)
            {
                scores.Add(score);
                values.Add(value);
            }
        }

        return new IsotonicCalibration([.. scores, 1], [.. values, 1]);
    }

    private static void Push(List<Block> blocks, Block block, Func<Block, double> mean)
    {
        while (blocks.Count > 0 && mean(blocks[^1]) >= mean(block))
        {
            block = new Block(blocks[^1].Rows + block.Rows, blocks[^1].Scores + block.Scores, blocks[^1].Found + block.Found);
            blocks.RemoveAt(blocks.Count - 1);
        }

        blocks.Add(block);
    }

    private static bool Increases(double[] values) =>
        values[0] == 0 && values[^1] == 1 && !values.Zip(values.Skip(1)).Any(pair => !(pair.First < pair.Second));

    /// <summary>Pooled rows: how many, the sum of their scores, the frauds among them.</summary>
    private readonly record struct Block(double Rows, double Scores, double Found);
}
