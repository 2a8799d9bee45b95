namespace Levee.Models;

/// <summary>
/// Card precision at k, what an investigator sees who looks at k cards a day: each day the cards are ranked by their highest score of the
/// day; the precision is the share of the first k that have a fraud on that day. A card found compromised is blocked and does not appear
/// on later days. The result is the mean over the days. A day with fewer than k cards still divides by k.
/// </summary>
public static class CardPrecision
{
    /// <summary>Mean daily card precision.</summary>
    /// <param name="days">Day of each row; only equality and order matter.</param>
    /// <param name="cards">Card (customer) of each row.</param>
    /// <param name="scores">Score of each row, not NaN.</param>
    /// <param name="labels">True for fraud.</param>
    /// <param name="k">Cards inspected a day, 1 or more. Cards of equal score are inspected in the order of their numbers.</param>
    /// <returns>0 to 1; NaN without rows.</returns>
    public static double AtK(
        ReadOnlySpan<long> days,
        ReadOnlySpan<long> cards,
        ReadOnlySpan<double> scores,
        ReadOnlySpan<bool> labels,
        int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if (days.Length != cards.Length || days.Length != scores.Length || days.Length != labels.Length)
        {
            throw new ArgumentException("Days, cards, scores and labels must have the same number of rows.");
        }

        var byDay = new SortedDictionary<long, Dictionary<long, (double Score, bool Fraud)>>();
        for (var i = 0; i < days.Length; i++)
        {
            if (double.IsNaN(scores[i]))
            {
                throw new ArgumentException($"Score {i} is NaN; it cannot be ranked.", nameof(scores));
            }

            if (!byDay.TryGetValue(days[i], out var day))
            {
                byDay.Add(days[i], day = []);
            }

            day[cards[i]] = day.TryGetValue(cards[i], out var known)
                ? (Math.Max(known.Score, scores[i]), known.Fraud || labels[i])
                : (scores[i], labels[i]);
        }

        var blocked = new HashSet<long>();
        var sum = 0.0;
        foreach (var day in byDay.Values)
        {
            var found = day
                .Where(card => !blocked.Contains(card.Key))
                .OrderByDescending(card => card.Value.Score)
                .ThenBy(card => card.Key)
                .Take(k)
                .Where(card => card.Value.Fraud)
                .Select(card => card.Key)
                .ToList();
            sum += (double)found.Count / k;
            blocked.UnionWith(found);
        }

        return sum / byDay.Count;
    }
}
