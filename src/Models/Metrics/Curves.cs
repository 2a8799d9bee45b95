namespace Levee.Models;

/// <summary>Points of a classifier's curves, from the highest score down, thinned for drawing.</summary>
public static class Curves
{
    /// <summary>The ROC curve: x is the share of legitimate rows called fraud, y the share of frauds called fraud.</summary>
    /// <param name="scores">Any scores.</param>
    /// <param name="labels">True for fraud; both classes must be there.</param>
    /// <param name="points">Most points, 2 or more.</param>
    public static IReadOnlyList<CurvePoint> Roc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int points = 400)
    {
        var ranking = Ranking.Of(scores, labels);
        var negatives = Math.Max(1, ranking.Rows - ranking.Positives);
        var positives = Math.Max(1, ranking.Positives);
        return Thin([new CurvePoint(0, 0), .. Walk(ranking, (seen, found) => new CurvePoint((double)(seen - found) / negatives, (double)found / positives))], points);
    }

    /// <summary>The precision-recall curve: x is recall, y precision.</summary>
    /// <param name="scores">Any scores.</param>
    /// <param name="labels">True for fraud; there must be one.</param>
    /// <param name="points">Most points, 2 or more.</param>
    public static IReadOnlyList<CurvePoint> PrecisionRecall(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int points = 400)
    {
        var ranking = Ranking.Of(scores, labels);
        var positives = Math.Max(1, ranking.Positives);
        return Thin([.. Walk(ranking, (seen, found) => new CurvePoint((double)found / positives, (double)found / seen))], points);
    }

    private static IEnumerable<CurvePoint> Walk(Ranking ranking, Func<long, long, CurvePoint> point)
    {
        long seen = 0, found = 0;
        foreach (var group in ranking.Descending())
        {
            seen += group.Rows;
            found += group.Positives;
            yield return point(seen, found);
        }
    }

    // Points that are too near to be seen apart are left out; first and last stay.
    private static List<CurvePoint> Thin(List<CurvePoint> all, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        var kept = new List<CurvePoint>();
        var step = 2.0 / points;
        for (var i = 0; i < all.Count; i++)
        {
            if (kept.Count == 0 || i == all.Count - 1 || Math.Abs(all[i].X - kept[^1].X) + Math.Abs(all[i].Y - kept[^1].Y) >= step)
            {
                kept.Add(all[i]);
            }
        }

        return kept;
    }
}
