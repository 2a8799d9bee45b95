using Levee.Features;

namespace Levee.Training;

/// <summary>How stored or imported transactions are folded.</summary>
public sealed class TrainingSetOptions
{
    /// <summary>
    /// Event time from which on transactions become rows, microseconds since the Unix epoch; those before it only fill the windows.
    /// Defaults to all.
    /// </summary>
    public long RowsFromMicros { get; init; } = long.MinValue;

    /// <summary>How far the watermark stays behind the newest event time, microseconds, 0 or more. Defaults to 10 seconds.</summary>
    public long WatermarkDelayMicros { get; init; } = 10 * UnixMicros.PerSecond;

    /// <summary>Bounds of customers' windows; must be those of the grains.</summary>
    public CustomerWindowOptions CustomerWindow { get; init; } = new();

    /// <summary>Bounds of merchants' windows; must be those of the grains.</summary>
    public MerchantWindowOptions MerchantWindow { get; init; } = new();

    /// <summary>Receives each 1-minute row as it is closed, in no particular order; null to drop them.</summary>
    public Action<MinuteFeatures>? OnMinute { get; init; }

    /// <summary>Receives each accepted transaction, in the order given; null to drop them.</summary>
    public Action<FoldedTransaction>? OnTransaction { get; init; }
}
