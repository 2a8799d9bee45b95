namespace Levee.Models;

/// <summary>Rows ordered by score, so that ties can be taken together.</summary>
internal sealed class Ranking
{
    private readonly double[] _scores;
    private readonly bool[] _labels;

    private Ranking(double[] scores, bool[] labels, long positives)
    {
        _scores = scores;
        _labels = labels;
        Positives = positives;
    }

    public long Rows => _scores.Length;

    public long Positives { get; }

    public static Ranking Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        BinaryMetrics.CheckLengths(scores.Length, labels.Length);
        long positives = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (double.IsNaN(scores[i]))
            {
                throw new ArgumentException($"Score {i} is NaN; it cannot be ranked.", nameof(scores));
            }

            positives += labels[i] ? 1 : 0;
        }

        var sortedScores = scores.ToArray();
        var sortedLabels = labels.ToArray();
        Array.Sort(sortedScores, sortedLabels);
        return new Ranking(sortedScores, sortedLabels, positives);
    }

    /// <summary>The distinct scores from the highest down, each with its rows.</summary>
    public IEnumerable<TiedRows> Descending()
    {
        var end = _scores.Length;
        while (end > 0)
        {
            var score = _scores[end - 1];
            var start = end;
            long positives = 0;
            while (start > 0 && _scores[start - 1] == score)
            {
                start--;
                positives += _labels[start] ? 1 : 0;
            }

            yield return new TiedRows(score, end - start, positives);
            end = start;
        }
    }

    /// <summary>Rows of one score.</summary>
    public readonly record struct TiedRows(double Score, long Rows, long Positives);
}
