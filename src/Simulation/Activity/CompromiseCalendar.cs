using Levee.Features;

namespace Levee.Simulation;

/// <summary>
/// Which merchants are compromised when. A function of the seed and the calendar, so that a live stream finds the merchants compromised that
/// the end of a history left so.
/// </summary>
internal sealed class CompromiseCalendar
{
    private const int MinDays = 18;
    private const int MaxDays = 30;
    private const double MinShare = 0.4;
    private const double MaxShare = 0.7;

    private readonly SimulationOptions _options;
    private readonly long[] _candidates;
    private readonly double _startsPerDay;
    private readonly long _shiftMicros;
    private long _day = long.MinValue;
    private Dictionary<long, List<Compromise>> _today = [];

    /// <summary>Makes the calendar.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="population">The merchants; the most popular ones are left alone, because one of them would be most of the fraud.</param>
    /// <param name="share">Share of all transactions that are fraud of this kind.</param>
    public CompromiseCalendar(SimulationOptions options, Population population, double share)
    {
        _options = options;
        _shiftMicros = options.ShiftFrom is { } from ? UnixMicros.FromDateTimeOffset(from) : long.MaxValue;
        var expected = population.ExpectedShares();
        var mean = 1.0 / expected.Length;
        _candidates = [.. Enumerable.Range(1, expected.Length).Where(id => expected[id - 1] >= mean / 5 && expected[id - 1] <= mean * 0.9).Select(id => (long)id)];
        if (_candidates.Length == 0)
        {
            _candidates = [.. Enumerable.Range(1, expected.Length).Select(id => (long)id)];
        }

        var volume = _candidates.Average(id => expected[id - 1]);
        _startsPerDay = share / (volume * (MinDays + MaxDays) / 2.0 * (MinShare + MaxShare) / 2);
    }

    /// <summary>Whether a transaction is fraud because its merchant is compromised.</summary>
    /// <param name="merchantId">The merchant.</param>
    /// <param name="timeMicros">Event time.</param>
    /// <param name="draw">A uniform number, 0 to below 1.</param>
    public bool IsFraud(long merchantId, long timeMicros, double draw)
    {
        var day = UnixMicros.Floor(timeMicros, UnixMicros.PerDay) / UnixMicros.PerDay;
        if (day != _day)
        {
            _today = OnDay(day);
            _day = day;
        }

        if (!_today.TryGetValue(merchantId, out var compromises))
        {
            return false;
        }

        var share = compromises.Where(c => c.FromMicros <= timeMicros && timeMicros < c.ToMicros).Select(c => c.Share).DefaultIfEmpty().Max();
        return draw < (timeMicros >= _shiftMicros ? share * (1 - _options.ShiftShare) : share);
    }

    private Dictionary<long, List<Compromise>> OnDay(long day)
    {
        var all = new List<Compromise>();
        for (var start = day - MaxDays; start <= day; start++)
        {
            AddStarting(start, all);
        }

        var today = day * UnixMicros.PerDay;
        return all.Where(c => c.ToMicros > today).GroupBy(c => c.MerchantId).ToDictionary(group => group.Key, group => group.ToList());
    }

    private void AddStarting(long day, List<Compromise> all)
    {
        // Evenly spread over the days, for a number of them that hardly depends on luck.
        var count = Math.Floor((day + 1) * _startsPerDay) - Math.Floor(day * _startsPerDay);
        var random = DeterministicRandom.Of(_options.Seed, RandomPurpose.Compromises, day);
        for (var i = 0; i < count; i++)
        {
            var from = (day * UnixMicros.PerDay) + (long)(random.NextDouble() * UnixMicros.PerDay);
            var length = (long)(random.Between(MinDays, (double)MaxDays) * UnixMicros.PerDay);
            all.Add(new Compromise(random.Pick(_candidates), from, from + length, random.Between(MinShare, MaxShare)));
        }
    }
}
