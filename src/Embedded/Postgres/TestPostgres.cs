using System.Globalization;
using Levee.Embedded.Postgres;
using Npgsql;

namespace Levee.Embedded;

/// <summary>
/// One throw-away PostgreSQL cluster for all tests of a process, started when the first of them asks. Fast because nothing is synced to
/// the disk; removed when the process ends, however it ends.
/// </summary>
public static class TestPostgres
{
    private const int MaximumPoolSize = 20;

    // A younger folder may belong to a process that has not locked it yet.
    private static readonly TimeSpan LeftOverAfter = TimeSpan.FromMinutes(10);

    private static readonly Lock Gate = new();
    private static Task<EmbeddedPostgres>? _server;
    private static int _databases;

    /// <summary>The cluster, started now if need be. Do not stop it: others use it. For faults start an <see cref="EmbeddedPostgres"/> of your own.</summary>
    public static Task<EmbeddedPostgres> ServerAsync()
    {
        lock (Gate)
        {
            return _server is null or { IsFaulted: true } ? _server = StartTemporaryAsync() : _server;
        }
    }

    /// <summary>Makes a fresh, empty database.</summary>
    /// <returns>Its connection string, with a pool of at most 20 connections.</returns>
    /// <exception cref="EmbeddedServerException">PostgreSQL does not start; the message is one sentence.</exception>
    public static async Task<string> CreateDatabaseAsync(CancellationToken ct = default)
    {
        var server = await ServerAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await server.CreateDatabaseAsync(name, ct);
        return new NpgsqlConnectionStringBuilder(server.ConnectionStringTo(name)) { MaxPoolSize = MaximumPoolSize }.ConnectionString;
    }

    /// <summary>Starts a cluster of the caller's own in a temporary folder, which goes away with it: for tests that stop or kill the server.</summary>
    /// <param name="durable">Whether commits are synced, as <see cref="EmbeddedPostgresOptions.Durable"/>.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<EmbeddedPostgres> StartTemporaryAsync(bool durable = false, CancellationToken ct = default)
    {
        RemoveLeftOvers();
        var folder = Directory.CreateTempSubdirectory(ClusterFolder.TemporaryPrefix).FullName;
        return await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions
            {
                DataDirectory = folder,
                Durable = durable,
                RemoveOnExit = true,
                Settings = new Dictionary<string, string> { ["max_connections"] = "400", ["shared_buffers"] = "64MB", ["max_wal_size"] = "512MB" },
            },
            ct);
    }

    // Folders whose process, and its watchdog, were killed before either could remove them. Who still runs holds the lock.
    private static void RemoveLeftOvers()
    {
        var before = TimeProvider.System.GetUtcNow().UtcDateTime - LeftOverAfter;
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), ClusterFolder.TemporaryPrefix + "*")
            .Where(folder => Directory.GetLastWriteTimeUtc(folder) < before))
        {
            try
            {
                using var taken = DataFolderLock.TryTake(folder);
                if (taken is not null && !File.Exists(Path.Combine(folder, "cluster", "postmaster.pid")))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another user's, or being removed right now.
            }
        }
    }
}
