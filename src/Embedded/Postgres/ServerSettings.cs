using System.Globalization;

namespace Levee.Embedded.Postgres;

/// <summary>The settings that the private server runs with.</summary>
internal static class ServerSettings
{
    private const int LongestSocketPath = 80;
    private const long Megabyte = 1 << 20;
    private const long LeastSharedBuffers = 128;
    private const long MostSharedBuffers = 1_024;

    /// <summary>Settings by name; those of the options win.</summary>
    /// <param name="options">The options.</param>
    /// <param name="clusterPath">The cluster's folder.</param>
    /// <param name="port">The port to listen on.</param>
    public static Dictionary<string, string> Of(EmbeddedPostgresOptions options, string clusterPath, int port)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = clusterPath.Length <= LongestSocketPath && clusterPath.IndexOfAny([',', '"', ' ']) < 0 ? clusterPath : "",
            ["unix_socket_permissions"] = "0700",
            ["max_connections"] = "250",
            ["shared_buffers"] = string.Create(
                CultureInfo.InvariantCulture, $"{SharedBufferMegabytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)}MB"),
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["jit"] = "off",

            // No replicas: the log is for recovery only, and a checkpoint is rare enough not to be felt.
            ["wal_level"] = "minimal",
            ["max_wal_senders"] = "0",
            ["max_wal_size"] = "2GB",
            ["log_checkpoints"] = "off",

            // A client that hangs within a transaction must not keep rows locked for good.
            ["idle_in_transaction_session_timeout"] = "10s",
        };
        if (!options.Durable)
        {
            settings["fsync"] = "off";
            settings["synchronous_commit"] = "off";
            settings["full_page_writes"] = "off";
        }

        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        return settings;
    }

    /// <summary>
    /// An eighth of the machine's memory, between 128 and 1,024 MiB: the silo has the rest. The indexes of what arrives must fit, or each
    /// insertion reads and writes pages.
    /// </summary>
    /// <param name="memory">Bytes that this process may use.</param>
    public static long SharedBufferMegabytes(long memory) => Math.Clamp(memory / 8 / Megabyte, LeastSharedBuffers, MostSharedBuffers);
}
