namespace Levee.Embedded;

/// <summary>Settings of the private PostgreSQL cluster.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>Folder of the cluster; made when it is not there, reused when it is. Required.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Port on 127.0.0.1, 0 to 65535. Defaults to 0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>The database that <see cref="EmbeddedPostgres.ConnectionString"/> names; made when missing. 1 to 63 characters; defaults to "levee".</summary>
    public string Database { get; init; } = "levee";

    /// <summary>
    /// Whether a commit is on the disk when it returns. Defaults to true; false is fast and for data that may be lost, such as a test's.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>Whether the folder is removed when the server stops for good or our process ends, however it ends. Defaults to false.</summary>
    public bool RemoveOnExit { get; init; }

    /// <summary>How long the server may take to start, recovery after a crash included. 1 second to 1 hour; defaults to 2 minutes.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a stop may take. After that the server is stopped without a checkpoint: nothing is lost, the next start recovers.
    /// 100 ms to 10 minutes; defaults to 6 seconds.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Free space that the disk must have at a start, in bytes, 0 or more. Defaults to 100 MiB.</summary>
    public long MinimumFreeBytes { get; init; } = 100L << 20;

    /// <summary>Server settings by their names in postgresql.conf, over the built-in ones. Defaults to none.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(DataDirectory), nameof(DataDirectory), "must name a folder");
        Require(Port is >= 0 and <= 65535, nameof(Port), "must be 0 to 65535");
        Require(Database is { Length: > 0 and <= 63 } && !Database.Contains('\0', StringComparison.Ordinal), nameof(Database), "must have 1 to 63 characters");
        Require(StartTimeout >= TimeSpan.FromSeconds(1) && StartTimeout <= TimeSpan.FromHours(1), nameof(StartTimeout), "must be 1 second to 1 hour");
        Require(StopTimeout >= TimeSpan.FromMilliseconds(100) && StopTimeout <= TimeSpan.FromMinutes(10), nameof(StopTimeout), "must be 100 ms to 10 minutes");
        Require(MinimumFreeBytes >= 0, nameof(MinimumFreeBytes), "must be 0 or more");
    }

    private static void Require(bool valid, string property, string what)
    {
        if (!valid)
        {
            throw new ArgumentException($"{nameof(EmbeddedPostgresOptions)}.{property} {what}.", property);
        }
    }
}
