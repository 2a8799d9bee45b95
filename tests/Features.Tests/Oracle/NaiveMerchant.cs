namespace Levee.Features.Tests.Oracle;

/// <summary>What a merchant's window must say, by scanning lists.</summary>
internal sealed class NaiveMerchant(int maxExact, int maxIds, Fault fault)
{
    private readonly List<Transaction> _folded = [];
    private readonly List<Transaction> _remembered = [];
    private readonly Dictionary<Guid, LabelHistory> _labels = [];
    private long _sequence;
    private long _newest = long.MinValue;
    private long _tiledBefore = long.MinValue;

    public FoldResult Fold(Transaction added)
    {
        if (_remembered.FirstOrDefault(known => known.TransactionId == added.TransactionId) is { } known)
        {
            var same = known.CustomerId == added.CustomerId && known.BaseCents == added.BaseCents;
            return new FoldResult(same ? FoldStatus.Duplicate : FoldStatus.Conflict, 0, false);
        }

        _sequence++;
        _newest = Math.Max(_newest, added.EventTimeMicros);
        _remembered.Add(added);
        var memory = UnixMicros.PerHour * (fault == Fault.MerchantRemembersForTwoHours ? 2 : 1);
        _remembered.RemoveAll(one => one.EventTimeMicros <= _newest - memory);
        if (_remembered.Count > maxIds && fault != Fault.MerchantForgetsNoIds)
        {
            _remembered.Remove(_remembered.MinBy(one => (one.EventTimeMicros, one.TransactionId))!);
        }

        if (added.EventTimeMicros > _newest - (45 * UnixMicros.PerDay))
        {
            _folded.Add(added);
            if (added.IsFraud == true)
            {
                _labels.TryAdd(
                    added.TransactionId, new LabelHistory(added.TransactionId, added.EventTimeMicros, [new LabelObservation(true, added.EventTimeMicros)]));
            }
        }

        MoveTiles();
        return new FoldResult(FoldStatus.Folded, _sequence, false);
    }

    public void ApplyLabels(LabelHistory history) => _labels[history.TransactionId] = history;

    public MerchantSnapshot Snapshot(long at) => new()
    {
        Count1d = Count(at, 1),
        Fraud1d = Frauds(at, 1),
        Count7d = Count(at, 7),
        Fraud7d = Frauds(at, 7),
        Count30d = Count(at, 30),
        Fraud30d = Frauds(at, 30),
        Sequence = _sequence,
    };

    private long Count(long at, int days) => _folded.Count(one => IsIn(Place(one.EventTimeMicros), at, days));

    private long Frauds(long at, int days) => _labels.Values.Count(label => IsIn(label.EventTimeMicros, at, days) && IsFraud(label, at));

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
        var exact = _folded.Select(one => one.EventTimeMicros)
            .Where(time => time >= _tiledBefore && time > _newest - (45 * UnixMicros.PerDay)).ToList();
        foreach (var end in exact.Select(time => time - (time % UnixMicros.PerHour) + UnixMicros.PerHour).Distinct().Order())
        {
            if (exact.Count(time => time >= _tiledBefore) <= maxExact)
            {
                return;
            }

            _tiledBefore = end;
        }
    }
}
