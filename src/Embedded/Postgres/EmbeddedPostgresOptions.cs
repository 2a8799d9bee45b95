namespace Levee.Embedded;

/// <summary>Settings of the private PostgreSQL cluster.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>Folder of the cluster; made when it is not there, reused when it is.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Port on the loopback address, 0 to 65535. Defaults to 0: any free one.</summary>
    public int Port
    {
        get;
        init => field = value is >= 0 and <= 65535 ? value : throw new ArgumentOutOfRangeException(nameof(Port), value, "0 to 65535.");
    }

    /// <summary>Database that is made on the first start. Defaults to "levee".</summary>
    public string Database { get; init; } = "levee";

    /// <summary>
    /// Whether a commit is on the disk when it returns. Defaults to true; false is for tests that throw the cluster away.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>Whether the folder is deleted when the server has ended, also after a crash of ours. Defaults to false.</summary>
    public bool RemoveOnExit { get; init; }
}
