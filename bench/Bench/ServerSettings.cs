namespace Levee.Bench;

/// <summary>
/// As the documentation advises for a server that takes thousands of rows a second: with less room for the log each checkpoint follows the
/// one before, and after each every page of an index is logged whole; indexes that do not fit into the buffers are read and written again.
/// </summary>
internal static class ServerSettings
{
    public static readonly IReadOnlyDictionary<string, string> Advised =
        new Dictionary<string, string> { ["max_wal_size"] = "8GB", ["checkpoint_timeout"] = "15min", ["shared_buffers"] = "4GB" };
}
