using System.ComponentModel.DataAnnotations;

namespace Levee.Storage;

// "Levee": { "PredictionLog": { "Folder": "", "FlushMilliseconds": 1000, "Sync": true, "MaxBytes": 2147483648, "SegmentBytes": 8388608 } }

/// <summary>Where predictions wait while PostgreSQL does not take them; configuration section <c>Levee:PredictionLog</c>.</summary>
public sealed class PredictionLogOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Levee:PredictionLog";

    /// <summary>Name of the default folder within the data folder.</summary>
    internal const string DefaultFolder = "prediction-log";

    private const double Mebibyte = 1024 * 1024;

    /// <summary>
    /// The folder; a silo takes a part of its own in it, so that several may share it. It belongs to one database. Empty, the default, means
    /// <c>prediction-log</c> in the data folder (<c>Levee:Data</c>).
    /// </summary>
    public string Folder { get; set; } = "";

    /// <summary>
    /// A prediction is in PostgreSQL or on the disk within this time of its answer: what a killed process loses at most. In milliseconds,
    /// 50 to 60,000, defaults to 1,000.
    /// </summary>
    [Range(50, 60_000)]
    public int FlushMilliseconds { get; set; } = 1_000;

    /// <summary>
    /// Whether what is written is also synced to the disk (fsync), so that it outlives the machine's failure and not only the process's.
    /// Defaults to true.
    /// </summary>
    public bool Sync { get; set; } = true;

    /// <summary>
    /// Most bytes on the disk. Beyond them predictions wait in memory, and when <see cref="StorageOptions.MaxQueuedPredictions"/> wait there
    /// too, the newest are dropped and counted. 1 MiB to 1 TiB, defaults to 2 GiB: about a million and a half predictions.
    /// </summary>
    [Range(Mebibyte, Mebibyte * Mebibyte)]
    public long MaxBytes { get; set; } = 2L << 30;

    /// <summary>Size at which a file is full and the next begins; one is read at once. In bytes, 64 KiB to 64 MiB, defaults to 8 MiB.</summary>
    [Range(64 * 1024, 64 * 1024 * 1024)]
    public int SegmentBytes { get; set; } = 8 * 1024 * 1024;
}
