namespace Levee.Models.Tests;

/// <summary>Metrics straight from their definitions, however slow.</summary>
internal static class NaiveMetrics
{
    public static double Auc(double[] scores, bool[] labels)
    {
        double won = 0, pairs = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            for (var j = 0; j < scores.Length; j++)
            {
                if (labels[i] && !labels[j])
                {
                    pairs++;
                    won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }

        return won / pairs;
    }

    public static double AveragePrecision(double[] scores, bool[] labels)
    {
        double positives = labels.Count(l => l), sum = 0, recallBefore = 0;
        foreach (var threshold in scores.Distinct().OrderDescending())
        {
            var called = scores.Zip(labels).Where(p => p.First >= threshold).ToList();
            double found = called.Count(p => p.Second);
            sum += ((found / positives) - recallBefore) * (found / called.Count);
            recallBefore = found / positives;
        }

        return positives == 0 ? double.NaN : sum;
    }

    public static double LogLoss(double[] probabilities, bool[] labels) =>
        probabilities.Length == 0
            ? double.NaN
            : probabilities.Zip(labels).Average(p => -Math.Log(Math.Clamp(p.Second ? p.First : 1 - p.First, 1e-15, 1 - 1e-15)));

    /// <summary>Day by day, over plain lists.</summary>
    public static double CardPrecision(long[] days, long[] cards, double[] scores, bool[] labels, int k)
    {
        var rows = Enumerable.Range(0, days.Length).Select(i => (Day: days[i], Card: cards[i], Score: scores[i], Label: labels[i])).ToList();
        var blocked = new List<long>();
        var daily = new List<double>();
        foreach (var day in rows.Select(r => r.Day).Distinct().Order())
        {
            var ranked = rows.Where(r => r.Day == day && !blocked.Contains(r.Card))
                .GroupBy(r => r.Card)
                .Select(g => (Card: g.Key, Score: g.Max(r => r.Score), Fraud: g.Any(r => r.Label)))
                .OrderBy(c => c.Card).OrderByDescending(c => c.Score)
                .ToList();
            var hits = new List<long>();
            for (var i = 0; i < k && i < ranked.Count; i++)
            {
                if (ranked[i].Fraud)
                {
                    hits.Add(ranked[i].Card);
                }
            }

            daily.Add((double)hits.Count / k);
            blocked.AddRange(hits);
        }

        return daily.Count == 0 ? double.NaN : daily.Average();
    }
}
