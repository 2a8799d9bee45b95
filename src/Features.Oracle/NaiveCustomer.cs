namespace Levee.Features.Oracle;

/// <summary>
/// What a customer's window must say, by scanning lists of everything that was ever accepted. Slow and, one hopes, obviously right. It
/// shares nothing with the windows but the plain types, so that <c>levee parity</c> may believe it.
/// </summary>
/// <param name="maxExact">Transactions that are kept one by one.</param>
/// <param name="fault">What is to be wrong.</param>
public sealed class NaiveCustomer(int maxExact, Fault fault = Fault.None)
{
    private const long Longest = 30 * UnixMicros.PerDay;

    private static readonly (string Name, long Length)[] Windows =
    [
        ("1m", UnixMicros.PerMinute), ("10m", 10 * UnixMicros.PerMinute), ("1h", UnixMicros.PerHour),
        ("1d", UnixMicros.PerDay), ("7d", 7 * UnixMicros.PerDay), ("30d", 30 * UnixMicros.PerDay),
    ];

    private readonly List<(Transaction Transaction, long Sequence)> _folded = [];
    private readonly List<(long Start, Transaction Transaction)> _onTime = [];
    private readonly HashSet<long> _closedStarts = [];
    private long _sequence;
    private long _tiledBefore = long.MinValue;
    private long _closedThrough = long.MinValue;
    private int _exactAtMost;

    /// <summary>Event time of the newest transaction; <see cref="long.MinValue"/> when there is none.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>Folds a transaction as it arrives.</summary>
    public FoldResult Fold(Transaction added, long watermark)
    {
        foreach (var (known, _) in _folded.Where(one => Remembers(one.Transaction)))
        {
            if (known.TransactionId == added.TransactionId && fault != Fault.DuplicatesCount)
            {
                var same = known.MerchantId == added.MerchantId
                    && (known.Amount == added.Amount || fault == Fault.AmountOfADuplicateIsIgnored)
                    && known.Currency == added.Currency;
                return new FoldResult(same ? FoldStatus.Duplicate : FoldStatus.Conflict, 0, false);
            }
        }

        _sequence++;
        var start = added.EventTimeMicros - (added.EventTimeMicros % UnixMicros.PerMinute);
        var ended = fault == Fault.ClosedMinutesReopen ? watermark : Math.Max(watermark, _closedThrough);
        var late = start + UnixMicros.PerMinute <= ended;
        if (!late || fault == Fault.LateGoesIntoItsMinute)
        {
            _onTime.Add((start, added));
        }

        Take(added, _sequence);
        return new FoldResult(FoldStatus.Folded, _sequence, late);
    }

    /// <summary>Takes a stored transaction: it was accepted, with this sequence. All of a customer's, in their order, are its history.</summary>
    public void Take(Transaction added, long sequence)
    {
        _sequence = sequence;
        if (_folded.Count == 0 || added.EventTimeMicros > Newest - Longest || fault == Fault.TooOldIsFolded)
        {
            _folded.Add((added, sequence));
            Newest = Math.Max(Newest, added.EventTimeMicros);
            MoveTiles();
        }
    }

    /// <summary>The minutes that end at or before the watermark.</summary>
    public List<MinuteFeatures> CloseMinutes(long customerId, long watermark)
    {
        _closedThrough = Math.Max(_closedThrough, watermark);
        var closing = _onTime.Where(one => one.Start + UnixMicros.PerMinute <= watermark && !_closedStarts.Contains(one.Start))
            .GroupBy(one => one.Start).OrderBy(group => group.Key).ToList();
        _closedStarts.UnionWith(closing.Select(group => group.Key));
        return [.. closing.Select(group =>
        {
            var amounts = group.Select(one => one.Transaction.BaseCents / 100m).ToList();
            var deviation = Deviation([.. group.Select(one => one.Transaction.BaseCents)]);
            return new MinuteFeatures(
                customerId, group.Key, group.Key + UnixMicros.PerMinute, amounts.Count, amounts.Sum() / amounts.Count, amounts.Max(),
                group.Count(one => one.Transaction.IsFraud == true), double.IsNaN(deviation) ? null : deviation);
        })];
    }

    /// <summary>All features of a transaction that need its customer, by name.</summary>
    /// <remarks>Sums are of cents and exact; floating point begins at the divisions, in the order that is written here.</remarks>
    public Dictionary<string, double> Features(Transaction current)
    {
        var at = current.EventTimeMicros;
        var own = _folded.Where(one => Remembers(one.Transaction) && one.Transaction.TransactionId == current.TransactionId).ToList();
        var sequence = own.Count == 1 && own[0].Transaction.EventTimeMicros == at && fault != Fault.LaterSequenceAtTheSameTimeCounts
            ? own[0].Sequence
            : long.MaxValue;
        var others = _folded.Where(one => Comes(one.Transaction, one.Sequence, at, sequence)
            && Place(one.Transaction) > Newest - Longest - UnixMicros.PerDay
            && (fault == Fault.FoldedOneCountsTwice || own.Count == 0 || one.Sequence != own[0].Sequence)).Select(one => one.Transaction).ToList();

        // What was folded counts as it was folded, whatever the amount that is asked about.
        var counted = own.Count == 1 && own[0].Transaction.EventTimeMicros <= at ? own[0].Transaction.BaseCents : current.BaseCents;
        var values = new Dictionary<string, double>();
        foreach (var (name, length) in Windows)
        {
            var cents = others.Where(other => IsIn(Place(other), at, length)).Select(other => other.BaseCents).Append(counted).ToArray();
            values["customer_transaction_count_" + name] = cents.Length;
            values["customer_avg_amount_" + name] = Average(cents);
            values["customer_max_amount_" + name] = cents.Max() / 100.0;
            values["customer_amount_std_" + name] = Deviation(cents);
        }

        AddHabit(values, current, [.. others.Where(other => IsIn(Place(other), at, Longest))]);
        AddEarlierHabit(values, current, [.. others.Where(other => IsIn(Place(other), at, Longest))]);

        // In the order in which they count, the newest first, of the same time the last accepted; what is in a tile has forgotten its merchant.
        var newest = others.Where(other => other.EventTimeMicros >= _tiledBefore && IsIn(other.EventTimeMicros, at, UnixMicros.PerDay))
            .Select((other, index) => (other.EventTimeMicros, Index: index, other.MerchantId))
            .OrderByDescending(other => (other.EventTimeMicros, other.Index))
            .Select(other => other.MerchantId);
        values["customer_distinct_merchants_1d"] = newest.Prepend(current.MerchantId).Take(32).Distinct().Count();
        return values;
    }

    /// <summary>Whether a folded transaction is still known one by one.</summary>
    public bool Remembers(Transaction known) => known.EventTimeMicros >= _tiledBefore
        && (fault == Fault.DuplicatesAreNotForgotten || known.EventTimeMicros > Newest - Longest - UnixMicros.PerDay);

    private void AddHabit(Dictionary<string, double> values, Transaction current, List<Transaction> habit)
    {
        // What is in a tile keeps its amount and its hour, and forgets the rest.
        var exact = habit.Where(other => other.EventTimeMicros >= _tiledBefore).ToList();
        if (fault == Fault.HabitIncludesTheCurrentOne)
        {
            habit = [.. habit, current];
        }

        var cents = habit.Select(other => other.BaseCents).ToArray();
        values["amount_to_customer_avg_30d"] = cents.Length == 0 ? double.NaN : current.BaseCents / 100.0 / Average(cents);
        values["amount_to_customer_max_30d"] = cents.Length == 0 ? double.NaN : current.BaseCents / (double)cents.Max();
        values["customer_velocity_1h_30d"] =
            values["customer_transaction_count_1h"] * (30.0 * 24) / values["customer_transaction_count_30d"];
        values["seconds_since_last_transaction"] =
            exact.Count == 0 ? double.NaN : (current.EventTimeMicros - exact.Max(other => other.EventTimeMicros)) / 1e6;
        values["is_new_merchant"] = exact.Any(other => other.MerchantId == current.MerchantId) ? 0 : 1;
        values["is_new_country"] = current.Country is null ? double.NaN : exact.Any(other => other.Country == current.Country) ? 0 : 1;
        values["is_new_device"] =
            current.DeviceType is null ? double.NaN : exact.Any(other => other.DeviceType == current.DeviceType) ? 0 : 1;
    }

    private void AddEarlierHabit(Dictionary<string, double> values, Transaction current, List<Transaction> habit)
    {
        var at = current.EventTimeMicros;
        var recent = habit.Where(other => IsIn(Place(other), at, 7 * UnixMicros.PerDay)).Select(other => other.BaseCents).DefaultIfEmpty(0).Max();
        var earlier = habit.Where(other => fault == Fault.EarlierHabitIsNotEarlier || !IsIn(Place(other), at, 14 * UnixMicros.PerDay))
            .Select(other => other.BaseCents).ToList();
        if (earlier.Count < (fault == Fault.EarlierHabitOfFew ? 1 : 5))
        {
            earlier = [.. habit.Select(other => other.BaseCents)];
        }

        var known = earlier.Count > 0 && earlier.Max() > 0;
        var average = known ? earlier.Sum() / (double)earlier.Count : double.NaN;
        values["amount_to_customer_earlier_avg"] = current.BaseCents / average;
        values["amount_to_customer_earlier_max"] = known ? current.BaseCents / (double)earlier.Max() : double.NaN;
        values["customer_max_7d_to_earlier_avg"] = recent / average;
        values["customer_night_share_30d"] = habit.Count == 0
            ? double.NaN
            : habit.Count(other => UnixMicros.ToDateTimeOffset(other.EventTimeMicros).Hour <= 6) / (double)habit.Count;
    }

    private bool Comes(Transaction other, long otherSequence, long at, long sequence)
    {
        var place = Place(other);
        return place < at || fault == Fault.LaterEventsCount
            || (place == at && otherSequence <= sequence && fault != Fault.WindowExcludesItsOwnTime);
    }

    private bool IsIn(long place, long at, long length) =>
        place > at - length || (fault == Fault.WindowIncludesItsOldEdge && place == at - length);

    // The time at which a transaction counts: its own, or the middle of its hour once it is in a tile.
    private long Place(Transaction other)
    {
        var time = other.EventTimeMicros;
        return time >= _tiledBefore
            ? time
            : time - (time % UnixMicros.PerHour) + (fault == Fault.TileJoinsByItsStart ? 0 : UnixMicros.PerHour / 2);
    }

    // The first full hour from which on no more are left than fit.
    private void MoveTiles()
    {
        // Counting is slow; until there have been so many more it is known to find nothing.
        if (++_exactAtMost <= maxExact)
        {
            return;
        }

        var exact = _folded.Select(one => one.Transaction).Where(Remembers).Select(known => known.EventTimeMicros).ToList();
        var step = fault == Fault.TilesEndHalfAnHourEarly ? UnixMicros.PerHour / 2 : UnixMicros.PerHour;
        foreach (var end in exact.Select(time => time - (time % UnixMicros.PerHour) + step).Distinct().Order())
        {
            _exactAtMost = exact.Count(time => time >= _tiledBefore);
            if (_exactAtMost <= maxExact)
            {
                return;
            }

            _tiledBefore = Math.Max(_tiledBefore, end);
        }

        _exactAtMost = exact.Count(time => time >= _tiledBefore);
    }

    private static double Average(long[] cents) => cents.Sum() / (double)cents.Length / 100.0;

    // (n * sum of squares - square of the sum) / (n * (n - 1)), of integers up to the division.
    private double Deviation(long[] cents)
    {
        var (count, sum, squares) = ((Int128)cents.Length, (Int128)0, (Int128)0);
        foreach (var one in cents)
        {
            sum += one;
            squares += (Int128)one * one;
        }

        return cents.Length < 2
            ? double.NaN
            : Math.Sqrt((double)((count * squares) - (sum * sum)) / ((double)cents.Length * (cents.Length - (fault == Fault.PopulationDeviation ? 0 : 1)))) / 100.0;
    }
}
