using System.Globalization;

namespace Levee.Features;

/// <content>Making a window anew from stored transactions, and comparing it with the live one.</content>
public sealed partial class CustomerWindow
{
    /// <summary>
    /// Folds a stored transaction in. All of a customer's, in the order of their sequence, give the window that folded them.
    /// </summary>
    /// <param name="transaction">A transaction of this customer.</param>
    /// <param name="sequence">The sequence number that it got.</param>
    /// <param name="isLate">Whether it was late.</param>
    public void Refold(Transaction transaction, long sequence, bool isLate)
    {
        Sequence = sequence - 1;
        Fold(transaction, isLate ? long.MaxValue : long.MinValue);
        Sequence = sequence;
    }

    /// <summary>
    /// Closes minutes after <see cref="Refold"/>: those that have their row are over, the others are open. How far minutes are closed is
    /// the stream's progress and not in the transactions: the live window's word is taken unless the rows contradict it.
    /// </summary>
    /// <param name="written">The beginnings of the minutes that have their row, microseconds since the Unix epoch.</param>
    /// <param name="watermarkMicros">The watermark of the state's offsets, for when the live window has no say.</param>
    /// <param name="live">The live window; null when it cannot be read.</param>
    public void CloseWritten(IReadOnlyCollection<long> written, long watermarkMicros, CustomerWindow? live)
    {
        var through = long.MinValue;
        foreach (var start in written)
        {
            _minutes.Remove(start);
            through = Math.Max(through, start + UnixMicros.PerMinute);
        }

        var open = OldestOpenMinuteEndMicros ?? long.MaxValue;
        var told = live?._closedThrough ?? watermarkMicros;
        _closedThrough = told >= through && told < open
            ? told
            : Math.Max(through, watermarkMicros < open ? watermarkMicros : long.MinValue);
    }

    /// <summary>In what a live window differs from a rebuilt one; empty when every feature of both is the same at all times.</summary>
    public static IReadOnlyList<WindowDifference> Compare(CustomerWindow live, CustomerWindow rebuilt)
    {
        var differences = new DifferenceList();
        differences.Compare("customer", live.CustomerId, rebuilt.CustomerId);
        differences.Compare("sequence", live.Sequence, rebuilt.Sequence);
        differences.CompareTimes("newest event", live.NewestEventMicros, rebuilt.NewestEventMicros);
        differences.CompareTimes("closed through", live._closedThrough, rebuilt._closedThrough);
        differences.CompareTimes("tiled before", live._tiledBefore, rebuilt._tiledBefore);
        differences.Compare("event", EventsById(live), EventsById(rebuilt), id => id.ToString(), Show);
        differences.Compare("hour", TilesByStart(live), TilesByStart(rebuilt), DifferenceList.Time, Show);
        differences.Compare("open minute", live._minutes, rebuilt._minutes, DifferenceList.Time, Show);
        return differences.ToList();
    }

    private static Dictionary<Guid, CustomerEvent> EventsById(CustomerWindow window)
    {
        var events = new Dictionary<Guid, CustomerEvent>(window._events.Count);
        foreach (var one in window._events)
        {
            events[one.Id] = one;
        }

        return events;
    }

    private static Dictionary<long, CustomerTile> TilesByStart(CustomerWindow window) =>
        window._tiles.ToDictionary(tile => tile.StartMicros);

    private static string Show(CustomerEvent one) => string.Create(
        CultureInfo.InvariantCulture,
        $"#{one.Sequence} {DifferenceList.Time(one.TimeMicros)} {one.Amount} {one.Currency} ({one.Cents} cents) merchant {one.MerchantId} " +
        $"{one.Country} {one.DeviceType}");

    private static string Show(CustomerTile tile) => string.Create(
        CultureInfo.InvariantCulture, $"{tile.Count} of {tile.SumCents} cents, squares {tile.SumSquares}, at most {tile.MaxCents}");

    private static string Show(MinuteAccumulator minute) => string.Create(
        CultureInfo.InvariantCulture,
        $"{minute.Count} of {minute.SumCents} cents, squares {minute.SumSquares}, at most {minute.MaxCents}, {minute.Frauds} frauds");
}
