namespace Levee.Storage;

/// <summary>How history is imported.</summary>
public sealed class ImportOptions
{
    /// <summary>Customers and merchants are worked on by this many connections, at least 1. Defaults to 2.</summary>
    public int Workers
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Workers), value, "At least 1.");
    } = 2;

    /// <summary>
    /// Rows that a worker has in memory and commits at once, at least 1. Defaults to 20,000. A customer's rows belong together: one with
    /// more has all of them in memory.
    /// </summary>
    public int MaxRowsAtOnce
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxRowsAtOnce), value, "At least 1.");
    } = 20_000;

    /// <summary>Merchants that are made anew at once, at least 1. Defaults to 512.</summary>
    public int MaxMerchantsAtOnce
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxMerchantsAtOnce), value, "At least 1.");
    } = 512;

    /// <summary>Topic of the transactions, whose checkpoints say what live traffic has completed. Defaults to "transactions".</summary>
    public string Topic { get; init; } = "transactions";
}
