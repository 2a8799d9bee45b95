using System.Runtime.CompilerServices;

namespace Levee.Features;

/// <summary>
/// All sums of a customer at one time, in one pass: the windows are nested, so going back from t each transaction is added once and the
/// sums are noted where a window ends.
/// </summary>
internal ref struct CustomerAggregates
{
    public const int Windows = 6;

    private const int MaxMerchants = 32;
    private const long RecentMicros = 7 * UnixMicros.PerDay;
    private const long EarlierMicros = 14 * UnixMicros.PerDay;

    /// <summary>Lengths of the windows, ascending, in microseconds.</summary>
    public static readonly long[] Lengths =
    [
        UnixMicros.PerMinute,
        10 * UnixMicros.PerMinute,
        UnixMicros.PerHour,
        UnixMicros.PerDay,
        7 * UnixMicros.PerDay,
        30 * UnixMicros.PerDay,
    ];

    /// <summary>Sums of each window, the current transaction included.</summary>
    public WindowArray With;

    /// <summary>Sums of the longest window without the current transaction.</summary>
    public WindowSums Habit;

    /// <summary>Sums of (t - 30d, t - 14d].</summary>
    public HabitSums Earlier;

    /// <summary>Largest amount of the last seven days without the current transaction, in cents; 0 when there is none.</summary>
    public long RecentMaxCents;

    /// <summary>Transactions of the longest window at night, without the current one.</summary>
    public long Nights;

    /// <summary>Merchants among the newest <see cref="MaxMerchants"/> transactions of the last day, the current one included.</summary>
    public int Merchants;

    /// <summary>Time of the transaction before the current one; <see cref="long.MinValue"/> when there is none.</summary>
    public long PreviousMicros;

    public bool KnowsMerchant;
    public bool KnowsCountry;
    public bool KnowsDevice;

    private bool _detailed;

    /// <summary>Computes the sums at the transaction's time.</summary>
    /// <param name="window">The customer, or null when unknown.</param>
    /// <param name="current">The transaction, folded in already or not.</param>
    /// <param name="counted">Whether the transaction counts at all; false describes the customer without it.</param>
    /// <param name="detailed">Whether anybody wants nights and merchants counted.</param>
    public static CustomerAggregates Of(CustomerWindow? window, Transaction current, bool counted, bool detailed)
    {
        var result = new CustomerAggregates { PreviousMicros = long.MinValue, _detailed = detailed };
        var at = current.EventTimeMicros;
        var running = default(WindowSums);
        var events = window is null ? default : window.Events;
        var last = CountThrough(events, at);
        var own = counted && window is not null && window.Contains(current.TransactionId) ? IndexOf(events[..last], current.TransactionId) : -1;
        if (own >= 0 && events[own].TimeMicros == at)
        {
            // Of several at the same time, those with a higher sequence came after it.
            last = own + 1;
        }

        if (counted)
        {
            running.Add(own >= 0 ? events[own].Cents : current.BaseCents);
        }

        var merchants = new SeenMerchants(stackalloc long[MaxMerchants]);
        merchants.Add(current.MerchantId);
        var next = 0;
        for (var i = last - 1; i >= 0; i--)
        {
            if (i == own)
            {
                continue;
            }

            ref readonly var one = ref events[i];
            var age = at - one.TimeMicros;
            result.Note(ref next, running, age);
            if (next == Windows)
            {
                break;
            }

            running.Add(one.Cents);
            result.Habit.Add(one.Cents);
            result.AddHabit(age, one.Cents, one.Cents, 1, one.TimeMicros);
            if (detailed && age < UnixMicros.PerDay)
            {
                merchants.Add(one.MerchantId);
            }

            result.PreviousMicros = Math.Max(result.PreviousMicros, one.TimeMicros);
            result.KnowsMerchant |= one.MerchantId == current.MerchantId;
            result.KnowsCountry |= one.Country == current.Country;
            result.KnowsDevice |= one.DeviceType == current.DeviceType;
        }

        result.Merchants = merchants.Distinct;
        result.AddTiles(window, at, ref next, ref running);
        result.Note(ref next, running, long.MaxValue);
        return result;
    }

    private void AddTiles(CustomerWindow? window, long at, ref int next, ref WindowSums running)
    {
        var tiles = window is null ? default : window.Tiles;
        for (var i = tiles.Length - 1; i >= 0 && next < Windows; i--)
        {
            if (tiles[i].MiddleMicros > at)
            {
                continue;
            }

            Note(ref next, running, at - tiles[i].MiddleMicros);
            if (next < Windows)
            {
                running.Add(tiles[i]);
                Habit.Add(tiles[i]);
                AddHabit(at - tiles[i].MiddleMicros, tiles[i].SumCents, tiles[i].MaxCents, tiles[i].Count, tiles[i].StartMicros);
            }
        }
    }

    private void AddHabit(long age, long sumCents, long maxCents, long count, long timeMicros)
    {
        if (age < RecentMicros)
        {
            RecentMaxCents = Math.Max(RecentMaxCents, maxCents);
        }
        else if (age >= EarlierMicros)
        {
            Earlier.Add(sumCents, maxCents, count);
        }

        Nights += _detailed && UnixMicros.IsNight(timeMicros) ? count : 0;
    }

    // Windows (t - w, t]: what is exactly w old is outside.
    private void Note(ref int next, in WindowSums running, long age)
    {
        while (next < Windows && age >= Lengths[next])
        {
            With[next++] = running;
        }
    }

    private static int CountThrough(ReadOnlySpan<CustomerEvent> events, long at)
    {
        var (low, high) = (0, events.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = events[middle].TimeMicros <= at ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static int IndexOf(ReadOnlySpan<CustomerEvent> events, Guid id)
    {
        for (var i = events.Length - 1; i >= 0; i--)
        {
            if (events[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }

    [InlineArray(Windows)]
    internal struct WindowArray
    {
        private WindowSums _first;
    }
}
