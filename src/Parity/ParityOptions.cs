namespace Levee.Parity;

/// <summary>How vectors are checked.</summary>
public sealed class ParityOptions
{
    /// <summary>Topic of the transactions, whose checkpoints say what is complete. Defaults to "transactions".</summary>
    public string Topic { get; init; } = "transactions";

    /// <summary>Predictions that are in memory at once, at least 1. Defaults to 10,000.</summary>
    public int MaxPredictions
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxPredictions), value, "At least 1.");
    } = 10_000;

    /// <summary>Customers or merchants that are read in one query, at least 1. Defaults to 256.</summary>
    public int MaxKeys
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxKeys), value, "At least 1.");
    } = 256;
}
