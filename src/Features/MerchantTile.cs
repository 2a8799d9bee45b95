using System.Globalization;

namespace Levee.Features;

/// <summary>An hour of a merchant whose transactions are no longer kept one by one: how many there were of each band of amounts.</summary>
internal sealed class MerchantTile
{
    private readonly long[] _counts = new long[AmountBand.Highest + 1];

    /// <summary>Transactions of the hour.</summary>
    public long Count { get; private set; }

    /// <summary>The bands that occur, ascending, with their transactions.</summary>
    public IEnumerable<(byte Band, long Count)> Bands =>
        _counts.Select((count, band) => ((byte)band, count)).Where(entry => entry.count > 0);

    /// <summary>Adds transactions of one band.</summary>
    public void Add(byte band, long count = 1)
    {
        _counts[band] += count;
        Count += count;
    }

    /// <summary>Transactions of one band.</summary>
    public long CountOf(byte band) => _counts[band];

    /// <summary>Transactions of a band and those below it.</summary>
    public long CountThrough(byte band)
    {
        var count = 0L;
        for (var i = 0; i <= band; i++)
        {
            count += _counts[i];
        }

        return count;
    }

    /// <inheritdoc />
    public override string ToString() => string.Join(
        ", ", Bands.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Count} of band {entry.Band}")));
}
