using Levee.Features;

namespace Levee.Training;

/// <summary>
/// How far a fold's metrics would scatter with other customers of the same kind: customers are drawn with replacement, each with all of its
/// transactions, since those of one customer are not independent. A fold of another model on the same rows, with the same seed, draws the
/// same customers, so that the two can be compared in pairs.
/// </summary>
public sealed class FoldBootstrap
{
    private readonly int _cardsADay;
    private readonly int _customers;

    // Rows by descending score, and where each group of equal scores ends.
    private readonly int[] _customerOf;
    private readonly bool[] _isFraud;
    private readonly bool[] _endsGroup;
    private readonly Card[][] _days;

    /// <summary>Sorts the fold's rows once for all resamples.</summary>
    /// <param name="fold">The fold.</param>
    /// <param name="cardsADay">Cards that are inspected a day.</param>
    public FoldBootstrap(BacktestFold fold, int cardsADay)
    {
        ArgumentNullException.ThrowIfNull(fold);
        var rows = fold.Rows.Test;
        var scores = fold.Scores;
        _cardsADay = cardsADay;
        var numbers = rows.Select(row => row.CustomerId).Distinct().Order().Select((id, i) => (id, i)).ToDictionary();
        _customers = numbers.Count;
        var order = Enumerable.Range(0, rows.Count).OrderByDescending(i => scores[i]).ToArray();
        _customerOf = [.. order.Select(i => numbers[rows[i].CustomerId])];
        _isFraud = [.. order.Select(i => rows[i].IsFraud)];
        _endsGroup = [.. order.Select((row, i) => i + 1 == order.Length || scores[order[i + 1]] != scores[row])];
        _days =
        [
            .. Enumerable.Range(0, rows.Count)
                .GroupBy(i => UnixMicros.Floor(rows[i].EventTimeMicros, UnixMicros.PerDay))
                .OrderBy(day => day.Key)
                .Select(day => day
                    .GroupBy(i => numbers[rows[i].CustomerId])
                    .Select(card => new Card(card.Key, card.Max(i => scores[i]), card.Any(i => rows[i].IsFraud)))
                    .OrderByDescending(card => card.Score)
                    .ThenBy(card => card.Customer)
                    .ToArray()),
        ];
    }

    /// <summary>The metrics of every resample.</summary>
    /// <param name="resamples">How many, 1 or more.</param>
    /// <param name="seed">Same seed, same customers.</param>
    public ResampledMetrics Resample(int resamples, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        var random = new Random(seed);
        var result = new ResampledMetrics(new double[resamples], new double[resamples], new double[resamples]);
        var weights = new int[_customers];
        for (var n = 0; n < resamples; n++)
        {
            Array.Clear(weights);
            for (var i = 0; i < _customers; i++)
            {
                weights[random.Next(_customers)]++;
            }

            (result.Auc[n], result.AveragePrecision[n]) = Ranking(weights);
            result.CardPrecision[n] = CardPrecision(weights);
        }

        return result;
    }

    /// <summary>AUC and average precision when each customer's rows are there so many times.</summary>
    internal (double Auc, double AveragePrecision) Ranking(ReadOnlySpan<int> weights)
    {
        long frauds = 0, others = 0, groupFrauds = 0, groupOthers = 0;
        var (won, precision) = (0.0, 0.0);
        for (var i = 0; i < _customerOf.Length; i++)
        {
            var weight = weights[_customerOf[i]];
            groupFrauds += _isFraud[i] ? weight : 0;
            groupOthers += _isFraud[i] ? 0 : weight;
            if (_endsGroup[i])
            {
                // A tie counts half.
                won += groupOthers * (frauds + (groupFrauds / 2.0));
                frauds += groupFrauds;
                others += groupOthers;
                precision += groupFrauds == 0 ? 0 : (double)frauds / (frauds + others) * groupFrauds;
                (groupFrauds, groupOthers) = (0, 0);
            }
        }

        return (won / ((double)frauds * others), precision / frauds);
    }

    /// <summary>Card precision when each customer is there so many times.</summary>
    internal double CardPrecision(ReadOnlySpan<int> weights)
    {
        var blocked = new HashSet<int>();
        long found = 0;
        foreach (var day in _days)
        {
            var left = _cardsADay;
            var detected = new List<int>();
            foreach (var card in day)
            {
                if (left == 0)
                {
                    break;
                }

                if (blocked.Contains(card.Customer))
                {
                    continue;
                }

                var taken = Math.Min(left, weights[card.Customer]);
                left -= taken;
                if (card.IsFraud && taken > 0)
                {
                    found += taken;
                    detected.Add(card.Customer);
                }
            }

            blocked.UnionWith(detected);
        }

        return (double)found / _cardsADay / _days.Length;
    }

    private readonly record struct Card(int Customer, double Score, bool IsFraud);
}
