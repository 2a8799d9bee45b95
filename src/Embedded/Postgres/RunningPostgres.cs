using System.Globalization;
using Npgsql;

namespace Levee.Embedded.Postgres;

/// <summary>Finds the private cluster that a silo runs, for tools beside it.</summary>
public static class RunningPostgres
{
    // Line of the server's process file that has the port.
    private const int PortLine = 3;

    /// <summary>The connection string of the server of a data folder.</summary>
    /// <param name="dataDirectory">The cluster's data folder (<see cref="EmbeddedPostgresOptions.DataDirectory"/>).</param>
    /// <param name="database">The database.</param>
    /// <returns>Null when no server of this folder runs, or when its files may not be read.</returns>
    public static string? Find(string dataDirectory, string database = "levee")
    {
        try
        {
            var folder = Path.GetFullPath(dataDirectory);
            var password = File.ReadAllText(Path.Combine(folder, "password")).Trim();
            var lines = File.ReadAllLines(Path.Combine(ClusterFolder.Locate(folder), "postmaster.pid"));
            return lines.Length <= PortLine || !int.TryParse(lines[PortLine], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? null
                : new NpgsqlConnectionStringBuilder
                {
                    Host = "127.0.0.1",
                    Port = port,
                    Username = EmbeddedPostgres.UserName,
                    Password = password,
                    Database = database,
                }.ConnectionString;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
