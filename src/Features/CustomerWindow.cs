using System.Runtime.InteropServices;

namespace Levee.Features;

/// <summary>
/// What one customer did in the last 30 days, folded transaction by transaction.
/// </summary>
/// <remarks>
/// <para>Transactions are kept one by one in the order of (event time, sequence), whatever order they arrive in. Past
/// <see cref="CustomerWindowOptions.MaxExactEvents"/> the oldest are added up in tiles of one hour that begin on the hour: every
/// transaction before <c>tiled before</c>, which only moves forward, is in a tile. A tile counts in a window as a whole when its middle
/// does, so a window is off by at most the transactions of the one tile at its far edge; for a time before <c>tiled before</c> also by
/// those of the tile of that time itself. Ids, merchants, countries and devices of what is in a tile are forgotten, so a late transaction
/// that goes straight into a tile is not recognised when it is asked about again.</para>
/// <para>A transaction that is not newer than the newest one less 30 days gets a sequence number and nothing else. What is older than the
/// newest less 31 days is forgotten; the day between is for scoring at a time somewhat before the newest.</para>
/// <para>Not safe for concurrent folds: a grain's turns protect it. Reading changes nothing.</para>
/// </remarks>
public sealed partial class CustomerWindow
{
    /// <summary>The longest window, in microseconds.</summary>
    public const long LongestMicros = 30 * UnixMicros.PerDay;

    private const long KeptMicros = LongestMicros + UnixMicros.PerDay;

    private readonly CustomerWindowOptions _options;
    private readonly List<CustomerEvent> _events = [];
    private readonly List<CustomerTile> _tiles = [];
    private readonly HashSet<Guid> _ids = [];
    private readonly SortedDictionary<long, MinuteAccumulator> _minutes = [];
    private long _tiledBefore = long.MinValue;
    private long _closedThrough = long.MinValue;

    /// <summary>Makes an empty window.</summary>
    public CustomerWindow(long customerId, CustomerWindowOptions? options = null)
    {
        CustomerId = customerId;
        _options = options ?? new CustomerWindowOptions();
    }

    /// <summary>The customer.</summary>
    public long CustomerId { get; }

    /// <summary>Number of accepted transactions.</summary>
    public long Sequence { get; private set; }

    /// <summary>Event time of the newest transaction; <see cref="long.MinValue"/> when there is none.</summary>
    public long NewestEventMicros { get; private set; } = long.MinValue;

    /// <summary>End of the oldest minute that is not closed; null when none is open.</summary>
    public long? OldestOpenMinuteEndMicros => _minutes.Count == 0 ? null : _minutes.First().Key + UnixMicros.PerMinute;

    /// <summary>The latest watermark that minutes were closed at.</summary>
    internal long ClosedThroughMicros => _closedThrough;

    internal ReadOnlySpan<CustomerEvent> Events => CollectionsMarshal.AsSpan(_events);

    internal ReadOnlySpan<CustomerTile> Tiles => CollectionsMarshal.AsSpan(_tiles);

    /// <summary>Whether a transaction is within exact memory.</summary>
    public bool Contains(Guid transactionId) => _ids.Contains(transactionId);

    /// <summary>Folds a transaction in.</summary>
    /// <param name="transaction">A transaction of this customer.</param>
    /// <param name="watermarkMicros">The watermark that it was stamped with: its minute is over when it ends at or before this.</param>
    /// <exception cref="ArgumentException">The transaction is another customer's.</exception>
    public FoldResult Fold(Transaction transaction, long watermarkMicros)
    {
        if (transaction.CustomerId != CustomerId)
        {
            throw new ArgumentException($"A transaction of customer {transaction.CustomerId} does not belong to {CustomerId}.", nameof(transaction));
        }

        if (_ids.Contains(transaction.TransactionId))
        {
            var known = FindEvent(transaction.TransactionId);
            var same = known.MerchantId == transaction.MerchantId
                && known.Amount == transaction.Amount
                && known.Currency == transaction.Currency;
            return new FoldResult(same ? FoldStatus.Duplicate : FoldStatus.Conflict, 0, false);
        }

        Sequence++;
        var late = FoldMinute(transaction, watermarkMicros);
        if (NewestEventMicros == long.MinValue || transaction.EventTimeMicros > NewestEventMicros - LongestMicros)
        {
            FoldWindow(transaction);
        }

        return new FoldResult(FoldStatus.Folded, Sequence, late);
    }

    /// <summary>Moves the minutes that end at or before the watermark out; transactions for them are late from now on.</summary>
    public void CloseMinutes(long watermarkMicros, ICollection<MinuteFeatures> closed)
    {
        _closedThrough = Math.Max(_closedThrough, watermarkMicros);
        while (_minutes.Count > 0)
        {
            var (start, minute) = _minutes.First();
            if (start + UnixMicros.PerMinute > watermarkMicros)
            {
                return;
            }

            closed.Add(minute.ToFeatures(CustomerId, start));
            _minutes.Remove(start);
        }
    }

    private bool FoldMinute(Transaction transaction, long watermarkMicros)
    {
        var start = UnixMicros.Floor(transaction.EventTimeMicros, UnixMicros.PerMinute);
        if (start + UnixMicros.PerMinute <= Math.Max(watermarkMicros, _closedThrough))
        {
            return true;
        }

        _minutes.TryGetValue(start, out var minute);
        minute.Add(transaction.BaseCents, transaction.IsFraud == true);
        _minutes[start] = minute;
        return false;
    }

    private void FoldWindow(Transaction transaction)
    {
        NewestEventMicros = Math.Max(NewestEventMicros, transaction.EventTimeMicros);
        if (transaction.EventTimeMicros < _tiledBefore)
        {
            AddToTile(transaction.EventTimeMicros, transaction.BaseCents);
        }
        else
        {
            Insert(new CustomerEvent(
                transaction.EventTimeMicros,
                Sequence,
                transaction.BaseCents,
                transaction.TransactionId,
                transaction.MerchantId,
                transaction.Country,
                transaction.DeviceType,
                transaction.Amount,
                transaction.Currency));
        }

        Forget(NewestEventMicros - KeptMicros);
        if (_events.Count > _options.MaxExactEvents)
        {
            Tile();
        }
    }

    private void Insert(CustomerEvent added)
    {
        // From the end: transactions mostly come in order. The same time sorts by sequence, and the new one has the highest.
        var index = _events.Count;
        while (index > 0 && _events[index - 1].TimeMicros > added.TimeMicros)
        {
            index--;
        }

        _events.Insert(index, added);
        _ids.Add(added.Id);
    }

    private void Forget(long throughMicros)
    {
        var events = 0;
        while (events < _events.Count && _events[events].TimeMicros <= throughMicros)
        {
            _ids.Remove(_events[events].Id);
            events++;
        }

        _events.RemoveRange(0, events);
        _tiles.RemoveAll(tile => tile.MiddleMicros <= throughMicros);
    }

    private void Tile()
    {
        // The hour of the oldest transaction that must go ends the tiled part: whole hours only.
        var overflow = _events.Count - _options.MaxExactEvents;
        _tiledBefore = UnixMicros.Floor(_events[overflow - 1].TimeMicros, UnixMicros.PerHour) + UnixMicros.PerHour;
        var tiled = 0;
        while (tiled < _events.Count && _events[tiled].TimeMicros < _tiledBefore)
        {
            AddToTile(_events[tiled].TimeMicros, _events[tiled].Cents);
            _ids.Remove(_events[tiled].Id);
            tiled++;
        }

        _events.RemoveRange(0, tiled);
    }

    private void AddToTile(long timeMicros, long cents)
    {
        var start = UnixMicros.Floor(timeMicros, UnixMicros.PerHour);
        var index = _tiles.Count;
        while (index > 0 && _tiles[index - 1].StartMicros > start)
        {
            index--;
        }

        if (index == 0 || _tiles[index - 1].StartMicros != start)
        {
            _tiles.Insert(index, new CustomerTile { StartMicros = start });
            index++;
        }

        CollectionsMarshal.AsSpan(_tiles)[index - 1].Add(cents);
    }

    private CustomerEvent FindEvent(Guid id) => _events[_events.FindLastIndex(known => known.Id == id)];
}
