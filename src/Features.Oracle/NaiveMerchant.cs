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
                    added.TransactionId, new LabelHistory(added.TransactionId, added.EventTimeMicros, [new LabelObservation(true, added.EventTimeMicros)]));
            }
        }

        MoveTiles();
    }

    /// <summary>Replaces what is known of a transaction's label by its complete history.</summary>
    public void ApplyLabels(LabelHistory history) => _labels[history.TransactionId] = history;

    /// <summary>The counts as they were known at a time.</summary>
    public MerchantSnapshot Snapshot(long at)
    {
        // What counts at the same time goes together; newest first.
        var places = _folded
            .Where(one => IsIn(Place(one.EventTimeMicros), at, 30) && IsKept(one.EventTimeMicros))
            .GroupBy(one => Place(one.EventTimeMicros))
            .OrderByDescending(group => group.Key)
            .Select(group => (Time: group.Key, Count: group.LongCount()))
            .ToList();
        var run = places.TakeWhile(place => KnownFraudsAt(place.Time, at) >= place.Count).ToList();
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
            Sequence = _sequence,
        };
    }

    private long KnownFraudsAt(long place, long at) => _labels.Values.Count(label =>
        Place(label.EventTimeMicros) == place && label.EventTimeMicros > _newest - Kept && IsFraud(label, at));

    private long Count(long at, int days) => _folded.Count(one => IsIn(Place(one.EventTimeMicros), at, days) && IsKept(one.EventTimeMicros));

    private long Frauds(long at, int days) => _labels.Values.Count(
        label => IsIn(label.EventTimeMicros, at, days) && label.EventTimeMicros > _newest - Kept && IsFraud(label, at));

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
