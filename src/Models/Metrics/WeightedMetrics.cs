namespace Levee.Models;

/// <summary>
/// All metrics of a sample in which each card counts as often as its weight says. The rows are sorted once; a bootstrap round is then a pass
/// over them.
/// </summary>
internal sealed class WeightedMetrics
{
    private const double SmallestProbability = 1e-15;
    private const double LiftShare = 0.01;
    private const int CardsADay = 100;

    private readonly EvaluationSample _sample;
    private readonly int[] _cards;
    private readonly int[] _descending;
    private readonly double[] _losses;
    private readonly int[] _bins;
    private readonly (int Card, bool Fraud)[][] _days;

    public WeightedMetrics(EvaluationSample sample, IReadOnlyDictionary<long, int> cardIndexes)
    {
        _sample = sample;
        _cards = [.. sample.Cards.Select(card => cardIndexes[card])];
        var keys = Array.ConvertAll(sample.Scores, score => double.IsNaN(score) ? throw new ArgumentException("A score is NaN.") : -score);
        _descending = [.. Enumerable.Range(0, sample.Count)];
        Array.Sort(keys, _descending);
        _losses = [.. sample.Scores.Zip(sample.Labels, (score, label) =>
        {
            var probability = Math.Clamp(score, SmallestProbability, 1 - SmallestProbability);
            return -Math.Log(label ? probability : 1 - probability);
        })];
        _bins = Array.ConvertAll(sample.Scores, score => Reliability.BinOf(score, Reliability.DefaultBins));
        _days = Days(sample, _cards);
    }

    /// <summary>The metrics in the order of <see cref="MetricNames.All"/>.</summary>
    /// <param name="weights">How often each card counts.</param>
    public double[] Compute(int[] weights)
    {
        var result = new double[MetricNames.All.Count];
        long rows = 0, positives = 0;
        for (var i = 0; i < _cards.Length; i++)
        {
            rows += weights[_cards[i]];
            positives += _sample.Labels[i] ? weights[_cards[i]] : 0;
        }

        Rank(weights, rows, positives, result);
        Sum(weights, rows, positives, result);
        result[CardPrecisionIndex] = CardPrecisionOf(weights);
        return result;
    }

    private static readonly int AucIndex = MetricNames.IndexOf(MetricNames.Auc);
    private static readonly int AveragePrecisionIndex = MetricNames.IndexOf(MetricNames.AveragePrecision);
    private static readonly int LiftIndex = MetricNames.IndexOf(MetricNames.LiftAt1Percent);
    private static readonly int PrecisionIndex = MetricNames.IndexOf(MetricNames.Precision);
    private static readonly int RecallIndex = MetricNames.IndexOf(MetricNames.Recall);
    private static readonly int F1Index = MetricNames.IndexOf(MetricNames.F1);
    private static readonly int CostIndex = MetricNames.IndexOf(MetricNames.CostSaved);
    private static readonly int LogLossIndex = MetricNames.IndexOf(MetricNames.LogLoss);
    private static readonly int BrierIndex = MetricNames.IndexOf(MetricNames.Brier);
    private static readonly int CalibrationIndex = MetricNames.IndexOf(MetricNames.CalibrationError);
    private static readonly int CardPrecisionIndex = MetricNames.IndexOf(MetricNames.CardPrecisionAt100);

    // From the highest score down, equal scores together.
    private void Rank(int[] weights, long rows, long positives, double[] result)
    {
        var (scores, labels) = (_sample.Scores, _sample.Labels);
        var top = Math.Max(1, rows * LiftShare);
        double wonTwice = 0, precisionSum = 0, topFound = 0;
        long seen = 0, found = 0;
        for (var i = 0; i < _descending.Length;)
        {
            var score = scores[_descending[i]];
            long here = 0, foundHere = 0;
            for (; i < _descending.Length && scores[_descending[i]] == score; i++)
            {
                var weight = weights[_cards[_descending[i]]];
                here += weight;
                foundHere += labels[_descending[i]] ? weight : 0;
            }

            if (here == 0)
            {
                continue;
            }

            wonTwice += (double)(here - foundHere) * ((2 * found) + foundHere);
            if (seen < top)
            {
                // Of equal scores at the edge, the expected number.
                topFound += foundHere * Math.Min(1, (top - seen) / here);
            }

            seen += here;
            found += foundHere;
            precisionSum += (double)found / seen * foundHere;
        }

        result[AucIndex] = positives == 0 || positives == rows ? double.NaN : wonTwice / (2.0 * positives * (rows - positives));
        result[AveragePrecisionIndex] = positives == 0 ? double.NaN : precisionSum / positives;
        result[LiftIndex] = positives == 0 ? double.NaN : topFound / Math.Min(top, rows) / ((double)positives / rows);
    }

    private void Sum(int[] weights, long rows, long positives, double[] result)
    {
        long called = 0, caught = 0;
        double saved = 0, loss = 0, brier = 0;
        Span<double> binWeights = stackalloc double[Reliability.DefaultBins];
        Span<double> binGaps = stackalloc double[Reliability.DefaultBins];
        binWeights.Clear();
        binGaps.Clear();
        for (var i = 0; i < _cards.Length; i++)
        {
            var weight = weights[_cards[i]];
            if (weight == 0)
            {
                continue;
            }

            var (score, label) = (_sample.Scores[i], _sample.Labels[i]);
            if (score >= _sample.Threshold)
            {
                called += weight;
                caught += label ? weight : 0;
                saved += weight * ((label ? _sample.Amounts[i] : 0) - _sample.ReviewCost);
            }

            var error = score - (label ? 1 : 0);
            loss += weight * _losses[i];
            brier += weight * error * error;
            binWeights[_bins[i]] += weight;
            binGaps[_bins[i]] += weight * error;
        }

        var gap = 0.0;
        foreach (var bin in binGaps)
        {
            gap += Math.Abs(bin);
        }

        result[PrecisionIndex] = called == 0 ? 0 : (double)caught / called;
        result[RecallIndex] = positives == 0 ? 0 : (double)caught / positives;
        result[F1Index] = called + positives == 0 ? 0 : 2.0 * caught / (called + positives);
        result[CostIndex] = saved;
        result[LogLossIndex] = loss / rows;
        result[BrierIndex] = brier / rows;
        result[CalibrationIndex] = gap / rows;
    }

    // As CardPrecision, where a card of weight w is w cards.
    private double CardPrecisionOf(int[] weights)
    {
        if (_days.Length == 0)
        {
            return double.NaN;
        }

        var blocked = new Dictionary<int, int>();
        var sum = 0.0;
        foreach (var day in _days)
        {
            var (left, found) = (CardsADay, 0);
            foreach (var (card, fraud) in day)
            {
                var taken = Math.Min(left, weights[card] - blocked.GetValueOrDefault(card));
                if (fraud && taken > 0)
                {
                    found += taken;
                    blocked[card] = blocked.GetValueOrDefault(card) + taken;
                }

                left -= taken;
                if (left == 0)
                {
                    break;
                }
            }

            sum += (double)found / CardsADay;
        }

        return sum / _days.Length;
    }

    // Each day's cards by their highest score, then by number.
    private static (int Card, bool Fraud)[][] Days(EvaluationSample sample, int[] cards) =>
    [
        .. Enumerable.Range(0, sample.Count)
            .GroupBy(row => sample.Days[row])
            .OrderBy(day => day.Key)
            .Select(day => day
                .GroupBy(row => sample.Cards[row])
                .Select(card => (
                    Number: card.Key,
                    Card: cards[card.First()],
                    Score: card.Max(row => sample.Scores[row]),
                    Fraud: card.Any(row => sample.Labels[row])))
                .OrderByDescending(card => card.Score)
                .ThenBy(card => card.Number)
                .Select(card => (card.Card, card.Fraud))
                .ToArray()),
    ];
}
