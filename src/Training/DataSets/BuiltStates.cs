using Levee.Features;

namespace Levee.Training;

/// <summary>What the grains would hold after the transactions that were folded.</summary>
public sealed record BuiltStates
{
    /// <summary>Each customer's window.</summary>
    public required IReadOnlyDictionary<long, CustomerWindow> Customers { get; init; }

    /// <summary>Each merchant's window, with the labels applied.</summary>
    public required IReadOnlyDictionary<long, MerchantWindow> Merchants { get; init; }

    /// <summary>
    /// The watermark after the last transaction, microseconds since the Unix epoch; every minute that ends at or before it is closed.
    /// <see cref="long.MinValue"/> without transactions.
    /// </summary>
    public required long WatermarkMicros { get; init; }

    /// <summary>Transactions that were folded.</summary>
    public required long Folded { get; init; }

    /// <summary>Transactions that changed nothing because their id was known: repeats and conflicts.</summary>
    public required long Skipped { get; init; }
}
