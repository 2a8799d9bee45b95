namespace Levee.Features.Oracle;

/// <summary>What a merchant's window must say, by scanning lists. See <see cref="NaiveCustomer"/>.</summary>
/// <param name="maxExact">Event times that are kept one by one.</param>
/// <param name="maxIds">Ids that are remembered.</param>
/// <param name="fault">What is to be wrong.</param>
public sealed class NaiveMerchant(int maxExact, int maxIds, Fault fault = Fault.None)
{
    private const long Kept = 45 * UnixMicros.PerDay;

    private readonly List<Transaction> _folded = [];
    private readonly List<Transaction> _remembered = [];
    private readonly Dictionary<Guid, LabelHistory> _labels = [];
    private long _sequence;
    private long _newest = long.MinValue;
    private long _tiledBefore = long.MinValue;
    private int _exactAtMost;

    /// <summary>Folds a transaction as it arrives.</summary>
    public FoldResult Fold(Transaction added)
    {
        if (_remembered.FirstOrDefault(known => known.TransactionId == added.TransactionId) is { } known)
        {
            var same = known.CustomerId == added.CustomerId && known.BaseCents == added.BaseCents;
            return new FoldResult(same ? FoldStatus.Duplicate : FoldStatus.Conflict, 0, false);
        }

        Take(added);
        _remembered.Add(added);
        var memory = UnixMicros.PerHour * (fault == Fault.MerchantRemembersForTwoHours ? 2 : 1);
        _remembered.RemoveAll(one => one.EventTimeMicros <= _newest - memory);
        if (_remembered.Count > maxIds && fault != Fault.MerchantForgetsNoIds)
        {
            _remembered.Remove(_remembered.MinBy(one => (one.EventTimeMicros, one.TransactionId))!);
        }

        return new FoldResult(FoldStatus.Folded, _sequence, false);
    }

    /// <summary>Takes a stored transaction: it was accepted.</summary>
    public void Take(Transaction added)
    {
        _sequence++;
        _newest = Math.Max(_newest, added.EventTimeMicros);
        if (added.EventTimeMicros > _newest - Kept)
        {
            _folded.Add(added);
            if (added.IsFraud == true)
            {
                _labels.TryAdd(
                    added.TransactionId,
                    new LabelHistory(added.TransactionId, added.EventTimeMicros, [new LabelObservation(true, added.EventTimeMicros)])
                    {
                        BaseCents = added.BaseCents,
                    });
            }
        }

        MoveTiles();
    }

    /// <summary>Replaces what is known of a transaction's label by its complete history.</summary>
    public void ApplyLabels(LabelHistory history) => _labels[history.TransactionId] = history;

    /// <summary>The counts as they were known at a time.</summary>
    /// <param name="at">The time.</param>
    /// <param name="cents">The amount that is asked about.</param>
    public MerchantSnapshot Snapshot(long at, long cents)
    {
        var month = _folded.Where(one => IsIn(Place(one.EventTimeMicros), at, 30) && IsKept(one.EventTimeMicros)).ToList();
        var (places, run) = RunOf(month, at, int.MaxValue);

        // The middle one by band, the lower of two; amounts that are not known are no amounts.
        var bands = month.Select(one => Band(one.BaseCents)).Where(band => band > 0).Order().ToList();
        var limit = bands.Count == 0 || fault == Fault.LargeAmountsAreOrdinary ? int.MaxValue : bands[(bands.Count - 1) / 2] + 2;
        var (_, ordinary) = RunOf(month, at, limit);
        var alike = Band(cents);
        return new MerchantSnapshot
        {
            Count1d = Count(at, 1),
            Fraud1d = Frauds(at, 1),
            Count7d = Count(at, 7),
            Fraud7d = Frauds(at, 7),
            Count30d = Count(at, 30),
            Fraud30d = Frauds(at, 30),
            FraudRunLength = run.Sum(place => place.Count),
            FraudRunStartMicros = run.Count == 0 ? null : run[^1].Time,
            LastLegitimateMicros = run.Count == places.Count || fault == Fault.RunsNeverBreak ? null : places[run.Count].Time,
            OrdinaryRunLength = ordinary.Sum(place => place.Count),
            OrdinaryRunStartMicros = ordinary.Count == 0 ? null : ordinary[^1].Time,
            AlikeCount30d = alike == 0 ? 0 : month.Count(one => Band(one.BaseCents) == alike),
            AlikeFraud30d = alike == 0 ? 0 : _labels.Values.Count(label => Band(label.BaseCents) == alike && IsKnownFraud(label, at, 30)),
            Sequence = _sequence,
        };
    }

    // What counts at the same time goes together; newest first. Amounts above the limit are passed over.
    private (List<(long Time, long Count)> Places, List<(long Time, long Count)> Run) RunOf(List<Transaction> month, long at, int limit)
    {
        var places = month
            .Where(one => Band(one.BaseCents) <= limit)
            .GroupBy(one => Place(one.EventTimeMicros))
            .OrderByDescending(group => group.Key)
            .Select(group => (Time: group.Key, Count: group.LongCount()))
            .ToList();
        return (places, places.TakeWhile(place => KnownFraudsAt(place.Time, at, limit) >= place.Count).ToList());
    }

    // How often it has to be halved until nothing is left.
    private static int Band(long cents)
    {
        var band = 0;
        for (; cents > 0; cents /= 2)
        {
            band++;
        }

        return Math.Min(band, 31);
    }

    private long KnownFraudsAt(long place, long at, int limit) => _labels.Values.Count(label => Band(label.BaseCents) <= limit
        && Place(label.EventTimeMicros) == place && label.EventTimeMicros > _newest - Kept && IsFraud(label, at));

    private long Count(long at, int days) => _folded.Count(one => IsIn(Place(one.EventTimeMicros), at, days) && IsKept(one.EventTimeMicros));

    private long Frauds(long at, int days) => _labels.Values.Count(label => IsKnownFraud(label, at, days));

    private bool IsKnownFraud(LabelHistory label, long at, int days) =>
        IsIn(label.EventTimeMicros, at, days) && label.EventTimeMicros > _newest - Kept && IsFraud(label, at);

    // A tile is forgotten when it begins so long ago.
    private bool IsKept(long time) => (time >= _tiledBefore ? time : time - (time % UnixMicros.PerHour)) > _newest - Kept;

    private bool IsIn(long time, long at, int days)
    {
        var end = fault == Fault.NoLabelDelay ? at : at - (7 * UnixMicros.PerDay);
        var begin = end - (days * UnixMicros.PerDay);
        return (time > begin || (fault == Fault.WindowIncludesItsOldEdge && time == begin))
            && (time < end || (time == end && fault != Fault.WindowExcludesItsOwnTime));
    }

    private bool IsFraud(LabelHistory label, long at)
    {
        var visible = label.Observations
            .Where(one => fault == Fault.LabelsCountFromTheEvent
                || (one.ObservedMicros <= at && label.EventTimeMicros + (7 * UnixMicros.PerDay) <= at))
            .OrderBy(one => one.ObservedMicros);
        return (fault == Fault.FirstLabelWins ? visible.FirstOrDefault() : visible.LastOrDefault()).IsFraud;
    }

    private long Place(long time) => time >= _tiledBefore
        ? time
        : time - (time % UnixMicros.PerHour) + (fault == Fault.TileJoinsByItsStart ? 0 : UnixMicros.PerHour / 2);

    private void MoveTiles()
    {
        if (++_exactAtMost <= maxExact)
        {
            return;
        }

        var exact = _folded.Select(one => one.EventTimeMicros)
            .Where(time => time >= _tiledBefore && time > _newest - Kept).ToList();
        foreach (var end in exact.Select(time => time - (time % UnixMicros.PerHour) + UnixMicros.PerHour).Distinct().Order())
        {
            _exactAtMost = exact.Count(time => time >= _tiledBefore);
            if (_exactAtMost <= maxExact)
            {
                return;
            }

            _tiledBefore = end;
        }

        _exactAtMost = exact.Count(time => time >= _tiledBefore);
    }
}
