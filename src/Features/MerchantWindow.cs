namespace Levee.Features;

/// <summary>
/// What happened at one merchant in the last 37 days and what became known of it.
/// </summary>
/// <remarks>
/// <para>Event times and the bands of their amounts are kept one by one up to <see cref="MerchantWindowOptions.MaxExactEvents"/>; older
/// ones are counted in tiles of one hour that begin on the hour. A tile counts in a window as a whole when its middle does, so a count is off by at most the transactions
/// of the two tiles at the window's edges. Frauds are always exact: they are few and keep their times.</para>
/// <para>What is older than the newest transaction less 45 days is forgotten: the longest window ends 7 days and begins 37 days before the
/// time asked for, and the rest is for asking about a time before the newest.</para>
/// <para>Not safe for concurrent folds: a grain's turns protect it. Reading changes nothing.</para>
/// </remarks>
public sealed partial class MerchantWindow
{
    private const long KeptMicros = 45 * UnixMicros.PerDay;

    private readonly MerchantWindowOptions _options;
    private readonly List<long> _times = [];
    private readonly List<byte> _bands = [];
    private readonly SortedDictionary<long, MerchantTile> _tiles = [];
    private readonly List<FraudLabel> _labels = [];
    private readonly RecentIds _ids;
    private long _tiledBefore = long.MinValue;
    private long _newest = long.MinValue;

    /// <summary>Makes an empty window.</summary>
    public MerchantWindow(long merchantId, MerchantWindowOptions? options = null)
    {
        MerchantId = merchantId;
        _options = options ?? new MerchantWindowOptions();
        _ids = new RecentIds(_options.MaxIds);
    }

    /// <summary>The merchant.</summary>
    public long MerchantId { get; }

    /// <summary>Number of accepted transactions.</summary>
    public long Sequence { get; private set; }

    /// <summary>Folds a transaction in. Its early label, if it says fraud, counts as observed at the event.</summary>
    /// <exception cref="ArgumentException">The transaction is another merchant's.</exception>
    public FoldResult Fold(Transaction transaction)
    {
        if (transaction.MerchantId != MerchantId)
        {
            throw new ArgumentException($"A transaction at merchant {transaction.MerchantId} does not belong to {MerchantId}.", nameof(transaction));
        }

        if (_ids.TryGet(transaction.TransactionId, out var known))
        {
            var same = known.CustomerId == transaction.CustomerId && known.Cents == transaction.BaseCents;
            return new FoldResult(same ? FoldStatus.Duplicate : FoldStatus.Conflict, 0, false);
        }

        Sequence++;
        var time = transaction.EventTimeMicros;
        _newest = Math.Max(_newest, time);
        _ids.Add(transaction.TransactionId, new RecentIds.Entry(time, transaction.CustomerId, transaction.BaseCents));
        _ids.Forget(_newest - UnixMicros.PerHour);
        if (time > _newest - KeptMicros)
        {
            FoldTime(time, AmountBand.Of(transaction.BaseCents));
            if (transaction.IsFraud == true && FindLabel(time, transaction.TransactionId) < 0)
            {
                ApplyLabels(new LabelHistory(transaction.TransactionId, time, [new LabelObservation(true, time)])
                {
                    BaseCents = transaction.BaseCents,
                });
            }
        }

        return new FoldResult(FoldStatus.Folded, Sequence, false);
    }

    /// <summary>Replaces what is known of a transaction's label by its complete history. Doing so again changes nothing.</summary>
    public void ApplyLabels(LabelHistory history)
    {
        var index = FindLabel(history.EventTimeMicros, history.TransactionId);
        if (index >= 0)
        {
            _labels.RemoveAt(index);
        }

        if (history.Observations.Any(observation => observation.IsFraud)
            && (_newest == long.MinValue || history.EventTimeMicros > _newest - KeptMicros))
        {
            var label = FraudLabel.Of(history);
            _labels.Insert(~FindLabel(label.TimeMicros, label.Id), label);
        }
    }

    /// <summary>The counts as they were known at a time.</summary>
    /// <param name="atMicros">Microseconds since the Unix epoch.</param>
    /// <param name="baseCents">The amount that is asked about, in cents of the base currency; 0 for none.</param>
    public MerchantSnapshot Snapshot(long atMicros, long baseCents)
    {
        var end = atMicros - LabelHistory.DelayMicros;
        var month = end - (30 * UnixMicros.PerDay);
        var run = Run(month, end, atMicros, AmountBand.Highest);

        // Without frauds there is no run, and the median need not be found.
        var ordinary = _labels.Count == 0 ? default : Run(month, end, atMicros, OrdinaryBand(month, end));
        var alike = Alike(month, end, atMicros, AmountBand.Of(baseCents));
        return new MerchantSnapshot
        {
            Count1d = Count(end - UnixMicros.PerDay, end),
            Fraud1d = Frauds(end - UnixMicros.PerDay, end, atMicros),
            Count7d = Count(end - (7 * UnixMicros.PerDay), end),
            Fraud7d = Frauds(end - (7 * UnixMicros.PerDay), end, atMicros),
            Count30d = Count(end - (30 * UnixMicros.PerDay), end),
            Fraud30d = Frauds(end - (30 * UnixMicros.PerDay), end, atMicros),
            FraudRunLength = run.Length,
            FraudRunStartMicros = run.StartMicros,
            LastLegitimateMicros = run.LegitimateMicros,
            OrdinaryRunLength = ordinary.Length,
            OrdinaryRunStartMicros = ordinary.StartMicros,
            AlikeCount30d = alike.Count,
            AlikeFraud30d = alike.Frauds,
            Sequence = Sequence,
        };
    }

    private void FoldTime(long time, byte band)
    {
        if (time < _tiledBefore)
        {
            AddToTile(time, band);
        }
        else
        {
            // Of the same time by band: the state then does not depend on the order of arrival.
            var index = UpperBound(time);
            while (index > 0 && _times[index - 1] == time && _bands[index - 1] > band)
            {
                index--;
            }

            _times.Insert(index, time);
            _bands.Insert(index, band);
        }

        Forget(UpperBound(_newest - KeptMicros));
        while (_tiles.Count > 0 && _tiles.First().Key <= _newest - KeptMicros)
        {
            _tiles.Remove(_tiles.First().Key);
        }

        _labels.RemoveRange(0, _labels.TakeWhile(label => label.TimeMicros <= _newest - KeptMicros).Count());
        if (_times.Count > _options.MaxExactEvents)
        {
            Tile();
        }
    }

    private void Tile()
    {
        var overflow = _times.Count - _options.MaxExactEvents;
        _tiledBefore = UnixMicros.Floor(_times[overflow - 1], UnixMicros.PerHour) + UnixMicros.PerHour;
        var tiled = 0;
        while (tiled < _times.Count && _times[tiled] < _tiledBefore)
        {
            AddToTile(_times[tiled], _bands[tiled]);
            tiled++;
        }

        Forget(tiled);
    }

    private void Forget(int oldest)
    {
        _times.RemoveRange(0, oldest);
        _bands.RemoveRange(0, oldest);
    }

    private void AddToTile(long time, byte band)
    {
        var start = UnixMicros.Floor(time, UnixMicros.PerHour);
        if (!_tiles.TryGetValue(start, out var tile))
        {
            _tiles.Add(start, tile = new MerchantTile());
        }

        tile.Add(band);
    }

    private long Count(long after, long through)
    {
        long count = UpperBound(through) - UpperBound(after);
        foreach (var tile in TilesIn(after, through))
        {
            count += tile.Count;
        }

        return count;
    }

    private long Frauds(long after, long through, long atMicros)
    {
        var count = 0L;
        for (var i = LabelsThrough(through) - 1; i >= 0 && _labels[i].TimeMicros > after; i--)
        {
            count += _labels[i].IsFraudAt(atMicros) ? 1 : 0;
        }

        return count;
    }

    // Number of times that are not after the given one.
    private int UpperBound(long time)
    {
        var (low, high) = (0, _times.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _times[middle] <= time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private int LabelsThrough(long time)
    {
        var (low, high) = (0, _labels.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _labels[middle].TimeMicros <= time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    // Index of a label, or the complement of where it belongs: order of (time, id).
    private int FindLabel(long time, Guid id)
    {
        var (low, high) = (0, _labels.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = _labels[middle].TimeMicros.CompareTo(time);
            order = order != 0 ? order : _labels[middle].Id.CompareTo(id);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        return ~low;
    }
}
