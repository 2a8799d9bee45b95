using System.Runtime.InteropServices;

namespace Levee.Features;

/// <content>
/// What amounts tell of a merchant's risk. A merchant that leaks cards shows frauds of ordinary amounts; a single large fraud is the work of a
/// stolen card that was used here, and says nothing of the merchant.
/// </content>
public sealed partial class MerchantWindow
{
    // Four times the middle amount, about: bands double.
    private const int OrdinaryBandsAboveMedian = 2;

    /// <summary>The highest band of ordinary amounts in a window: two above the (lower) median's band. Unknown amounts are ordinary.</summary>
    private byte OrdinaryBand(long after, long through)
    {
        Span<long> counts = stackalloc long[AmountBand.Highest + 1];
        counts.Clear();
        foreach (var band in ExactBands(after, through))
        {
            counts[band]++;
        }

        foreach (var tile in TilesIn(after, through))
        {
            foreach (var (band, count) in tile.Bands)
            {
                counts[band] += count;
            }
        }

        var known = 0L;
        for (var band = 1; band <= AmountBand.Highest; band++)
        {
            known += counts[band];
        }

        var passed = 0L;
        for (byte band = 1; known > 0; band++)
        {
            passed += counts[band];
            if (passed * 2 >= known)
            {
                return (byte)Math.Min(AmountBand.Highest, band + OrdinaryBandsAboveMedian);
            }
        }

        return AmountBand.Highest;
    }

    // Transactions of the same band as an amount, and the known frauds among them.
    private (long Count, long Frauds) Alike(long after, long through, long atMicros, byte band)
    {
        if (band == AmountBand.Unknown)
        {
            return default;
        }

        long count = ExactBands(after, through).Count(band);
        foreach (var tile in TilesIn(after, through))
        {
            count += tile.CountOf(band);
        }

        var frauds = 0L;
        for (var i = LabelsThrough(through) - 1; i >= 0 && _labels[i].TimeMicros > after; i--)
        {
            frauds += _labels[i].Band == band && _labels[i].IsFraudAt(atMicros) ? 1 : 0;
        }

        return (count, frauds);
    }

    private ReadOnlySpan<byte> ExactBands(long after, long through)
    {
        var first = UpperBound(after);
        return CollectionsMarshal.AsSpan(_bands).Slice(first, Math.Max(0, UpperBound(through) - first));
    }

    // Most merchants have none, and pay nothing for them.
    private IEnumerable<MerchantTile> TilesIn(long after, long through) => after >= _tiledBefore ? [] : Tiles(after, through);

    private IEnumerable<MerchantTile> Tiles(long after, long through)
    {
        foreach (var (start, tile) in _tiles)
        {
            var middle = start + (UnixMicros.PerHour / 2);
            if (middle > through)
            {
                yield break;
            }

            if (middle > after)
            {
                yield return tile;
            }
        }
    }
}
