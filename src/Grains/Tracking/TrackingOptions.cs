namespace Levee.Grains.Tracking;

// "Levee": { "Tracking": { "Folder": "/var/lib/levee", "KeepSnapshots": true, "MaterializeFeatures": true } }

/// <summary>Where training runs leave their files; configuration section <c>Levee:Tracking</c>.</summary>
public sealed class TrackingOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Levee:Tracking";

    /// <summary>Folder of the runs' files (runs/RUN_ID) and data sets (snapshots). Empty means the data folder, <c>Levee:Data</c>.</summary>
    public string Folder { get; set; } = "";

    /// <summary>
    /// Whether each training keeps its rows as a Parquet file, in PostgreSQL and in the folder, which <c>levee reproduce</c> needs.
    /// Defaults to true.
    /// </summary>
    public bool KeepSnapshots { get; set; } = true;

    /// <summary>Whether each training writes its rows to table <c>training_features</c>, for SQL and for parity. Defaults to true.</summary>
    public bool MaterializeFeatures { get; set; } = true;
}
