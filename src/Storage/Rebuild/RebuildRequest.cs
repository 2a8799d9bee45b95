namespace Levee.Storage;

/// <summary>What to rebuild.</summary>
public sealed record RebuildRequest
{
    /// <summary>Customers to look at; null for all.</summary>
    public IReadOnlyList<long>? Customers { get; init; }

    /// <summary>Merchants to look at; null for all.</summary>
    public IReadOnlyList<long>? Merchants { get; init; }

    /// <summary>Whether states that differ are replaced.</summary>
    public bool Apply { get; init; }

    /// <summary>Topic of the transactions, whose checkpoints say what is complete. Defaults to "transactions".</summary>
    public string Topic { get; init; } = "transactions";

    /// <summary>Keys that are compared in one snapshot of the database, at least 1. Defaults to 256.</summary>
    public int MaxKeys { get; init; } = 256;

    /// <summary>Bytes of live states that are in memory at once; one state may be larger by itself. Defaults to 32 MiB.</summary>
    public long MaxStateBytes { get; init; } = 32L << 20;

    /// <summary>
    /// How long to wait until what a merchant has folded is complete at the customers too. Defaults to 30 seconds; only a partition that
    /// stands still takes longer.
    /// </summary>
    public TimeSpan SettleTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
