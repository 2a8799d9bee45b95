namespace Levee.Features;

/// <summary>Bounds of a merchant's window.</summary>
public sealed class MerchantWindowOptions
{
    /// <summary>Event times that are kept one by one, at least 16. Defaults to 16,384; older ones are counted in tiles of an hour.</summary>
    public int MaxExactEvents
    {
        get;
        init => field = value >= 16 ? value : throw new ArgumentOutOfRangeException(nameof(MaxExactEvents), value, "At least 16.");
    } = 16_384;

    /// <summary>Transaction ids that are remembered, at least 16. Defaults to 100,000, and none longer than an hour of event time.</summary>
    public int MaxIds
    {
        get;
        init => field = value >= 16 ? value : throw new ArgumentOutOfRangeException(nameof(MaxIds), value, "At least 16.");
    } = 100_000;
}
