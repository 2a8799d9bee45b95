namespace Levee.Features;

/// <summary>Bounds of a customer's window.</summary>
public sealed class CustomerWindowOptions
{
    /// <summary>Transactions that are kept one by one, at least 16. Defaults to 4,096; older ones are added up in tiles of an hour.</summary>
    public int MaxExactEvents
    {
        get;
        init => field = value >= 16 ? value : throw new ArgumentOutOfRangeException(nameof(MaxExactEvents), value, "At least 16.");
    } = 4_096;
}
