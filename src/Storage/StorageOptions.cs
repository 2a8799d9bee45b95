using System.ComponentModel.DataAnnotations;

namespace Levee.Storage;

// "Levee": { "Postgres": { "ConnectionString": "Host=db;Username=levee;Password=...;Database=levee", "Writers": 2, "MaxBatch": 1000 } }

/// <summary>The database and how it is written; configuration section <c>Levee:Postgres</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Levee:Postgres";

    /// <summary>Npgsql connection string. Empty means the embedded cluster.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Transactions that the group commit has under way at once, 1 to 16. Defaults to 2.</summary>
    [Range(1, 16)]
    public int Writers { get; set; } = 2;

    /// <summary>Grains whose work shares one transaction, 1 to 10,000. Defaults to 1,000.</summary>
    [Range(1, 10_000)]
    public int MaxBatch { get; set; } = 1_000;

    /// <summary>Grains whose work waits; beyond it they wait to wait. 1 to 1,000,000, defaults to 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueued { get; set; } = 20_000;

    /// <summary>How long a writer waits for more work before it commits, in milliseconds, 0 to 1,000. Defaults to 2.</summary>
    [Range(0, 1_000)]
    public int LingerMilliseconds { get; set; } = 2;

    /// <summary>Queries that read states at once, for customers and for merchants each, 1 to 16. Defaults to 2.</summary>
    [Range(1, 16)]
    public int Readers { get; set; } = 2;

    /// <summary>Grains that wait for their state; beyond it they wait to wait. 1 to 1,000,000, defaults to 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueuedReads { get; set; } = 10_000;

    /// <summary>
    /// Predictions that wait in memory to be logged. They do so for moments, and for long only when neither PostgreSQL nor the disk
    /// (<see cref="PredictionLogOptions"/>) takes them; beyond it the newest are dropped and counted. 1 to 10,000,000, defaults to 200,000.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxQueuedPredictions { get; set; } = 200_000;
}
