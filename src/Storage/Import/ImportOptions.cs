namespace Levee.Storage;

/// <summary>How history is imported.</summary>
public sealed class ImportOptions
{
    private const int MostByDefault = 16;

    /// <summary>
    /// Customers and merchants are worked on by this many connections, at least 1. Defaults to two a processor, at most 16: while PostgreSQL
    /// stores what one has, another folds.
    /// </summary>
    public int Workers
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Workers), value, "At least 1.");
    } = Math.Min(2 * Environment.ProcessorCount, MostByDefault);

    /// <summary>
    /// Rows that a worker has in memory and commits at once, at least 1. Defaults to 20,000. A customer's rows belong together: one with
    /// more has all of them in memory.
    /// </summary>
    public int MaxRowsAtOnce
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxRowsAtOnce), value, "At least 1.");
    } = 20_000;

    /// <summary>Merchants that are made anew at once, at least 1. Defaults to 1,024.</summary>
    public int MaxMerchantsAtOnce
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxMerchantsAtOnce), value, "At least 1.");
    } = 1_024;

    /// <summary>Topic of the transactions, whose checkpoints say what live traffic has completed. Defaults to "transactions".</summary>
    public string Topic { get; init; } = "transactions";
}
