using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Levee.Embedded.Postgres;
using Levee.Embedded.Processes;
using Npgsql;

namespace Levee.Embedded;

/// <summary>
/// A private PostgreSQL cluster in a data folder, run with the server programs that are installed. It listens on 127.0.0.1 only, is reused
/// by the next start, recovers after a crash, and never outlives this process. As root it runs as user postgres.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    /// <summary>The user that owns everything in the cluster.</summary>
    public const string UserName = "levee";

    private const int FreePortAttempts = 3;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly EmbeddedPostgresOptions _options;
    private readonly string _dataFolder;
    private readonly List<DataFolderLock> _locks;
    private PostgresPrograms _programs = null!;
    private ServerAccount _account = null!;
    private ClusterFolder? _opened;
    private string _password = "";
    private PostgresServer? _server;
    private bool _disposed;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, string dataFolder, DataFolderLock taken)
    {
        _options = options;
        _dataFolder = dataFolder;
        _locks = [taken];
    }

    /// <summary>For Npgsql: host, port, user, password and <see cref="EmbeddedPostgresOptions.Database"/>.</summary>
    public string ConnectionString => ConnectionStringTo(_options.Database);

    /// <summary>The port on 127.0.0.1; the same over restarts.</summary>
    public int Port { get; private set; }

    /// <summary>Where PostgreSQL keeps the data and its log: below the data folder, or elsewhere when its user cannot get there.</summary>
    public string ClusterDirectory => Cluster.Path;

    /// <summary>The server's process id; null when it is stopped.</summary>
    public int? ProcessId => _server is { IsRunning: true } server ? server.ProcessId : null;

    private ClusterFolder Cluster => _opened!;

    /// <summary>Starts the cluster, making it first when the folder holds none.</summary>
    /// <exception cref="EmbeddedServerException">A program is missing, the folder is used by another process, the disk is full, the port is
    /// taken, ...: the message is one sentence.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (OperatingSystem.IsWindows())
        {
            throw new EmbeddedServerException("The embedded PostgreSQL runs on Linux and macOS: set Levee:Postgres:ConnectionString to a server of your own.");
        }

        var dataFolder = Path.GetFullPath(options.DataDirectory);
        var postgres = new EmbeddedPostgres(options, dataFolder, TakeFolder(dataFolder));
        try
        {
            await postgres.OpenAsync(ct);
            return postgres;
        }
        catch (Exception error)
        {
            await postgres.DisposeAsync();
            if (error is IOException or UnauthorizedAccessException)
            {
                throw new EmbeddedServerException($"The data folder {dataFolder} cannot be used: {error.Message}", error);
            }

            throw;
        }
    }

    /// <summary>For Npgsql, with another database of the same cluster.</summary>
    public string ConnectionStringTo(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = UserName,
        Password = _password,
        Database = database,
    }.ConnectionString;

    /// <summary>Makes an empty database.</summary>
    /// <returns>Whether it was made; false when it was there.</returns>
    public async Task<bool> CreateDatabaseAsync(string name, CancellationToken ct = default)
    {
        await using var connection = new NpgsqlConnection(ConnectionStringTo("postgres") + ";Pooling=false");
        await connection.OpenAsync(ct);
        await using var query = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = name } } };
        if (await query.ExecuteScalarAsync(ct) is not null)
        {
            return false;
        }

        await using var command = new NpgsqlCommand($"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
        await command.ExecuteNonQueryAsync(ct);
        return true;
    }

    /// <summary>Stops the server: clients are disconnected, everything is written. Nothing to do when it is stopped.</summary>
    public Task StopAsync() => WithGateAsync(StopServerAsync);

    /// <summary>Stops the server if it runs and starts it again on the same port.</summary>
    /// <exception cref="EmbeddedServerException">It does not start; the message is one sentence.</exception>
    public Task RestartAsync(CancellationToken ct = default) => WithGateAsync(async () =>
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await StopServerAsync();
        await StartServerAsync(ct);
    });

    /// <summary>Ends the server at once, without a checkpoint, as a crash does; the next start recovers.</summary>
    public Task KillAsync() => WithGateAsync(async () =>
    {
        if (_server is { } server)
        {
            server.Signal("QUIT");
            await EndAsync(server);
        }
    });

    /// <summary>Stops the server and lets go of the data folder.</summary>
    public ValueTask DisposeAsync() => new(WithGateAsync(async () =>
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await StopServerAsync();
        foreach (var folder in _options.RemoveOnExit ? [_dataFolder, _opened?.Home ?? _dataFolder] : Array.Empty<string>())
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        _locks.ForEach(taken => taken.Dispose());
    }));

    private static DataFolderLock TakeFolder(string dataFolder)
    {
        try
        {
            Directory.CreateDirectory(dataFolder);
            return DataFolderLock.TryTake(dataFolder)
                ?? throw new EmbeddedServerException($"The data folder {dataFolder} is used by another Levee process: stop it or choose another folder.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedServerException($"The data folder {dataFolder} cannot be used: {error.Message}", error);
        }
    }

    private async Task OpenAsync(CancellationToken ct)
    {
        _account = await ServerAccount.FindAsync(ClusterFolder.Locate(_dataFolder), ct);
        _opened = await ClusterFolder.OpenAsync(_dataFolder, _account, _options.RemoveOnExit, ct);
        if (Cluster.Home != _dataFolder)
        {
            // Two data folders, one a copy of the other, name the same place.
            _locks.Add(TakeFolder(Cluster.Home));
        }

        var free = new DriveInfo(Cluster.Home).AvailableFreeSpace;
        if (free < _options.MinimumFreeBytes)
        {
            throw new EmbeddedServerException(string.Create(
                CultureInfo.InvariantCulture, $"The disk of {_dataFolder} is full: {free >> 20} MiB are free, PostgreSQL needs {_options.MinimumFreeBytes >> 20} MiB."));
        }

        _programs = await PostgresPrograms.FindAsync(Cluster.Major, ct);
        await OrphanedServer.ClearAsync(Cluster, _account, ct);

        // What is wrong is said before the seconds that making a cluster takes.
        FindPort(_options.Port);
        _password = await Cluster.PrepareAsync(_programs, _options.Durable, ct);
        await StartServerAsync(ct);
        await CreateDatabaseAsync(_options.Database, ct);
    }

    private async Task StartServerAsync(CancellationToken ct)
    {
        // A port that was free a moment ago may be taken by now; one that was asked for, or is in clients' hands, stays.
        for (var attempts = Port == 0 && _options.Port == 0 ? FreePortAttempts : 1; ; attempts--)
        {
            Port = Port == 0 ? FindPort(_options.Port) : Port;
            try
            {
                await StartServerOnPortAsync(ct);
                return;
            }
            catch (EmbeddedServerException error) when (attempts > 1 && error.Message == ServerLog.PortTaken(Port))
            {
                Port = 0;
            }
        }
    }

    private async Task StartServerOnPortAsync(CancellationToken ct)
    {
        var settings = ServerSettings.Of(_options, Cluster.Path, Port).SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });
        string[] command = [_programs.Server, "-D", Cluster.Path, .. settings];
        _server = await PostgresServer.StartAsync(
            Cluster, _account, command, _options.RemoveOnExit ? Cluster.Home : "", Port, _options.StartTimeout, ct);
    }

    private static int FindPort(int wanted)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, wanted);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException error)
        {
            throw new EmbeddedServerException(
                error.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? ServerLog.PortTaken(wanted)
                    : $"The embedded PostgreSQL cannot listen on port {wanted} of 127.0.0.1: {error.Message}.",
                error);
        }
    }

    private async Task StopServerAsync()
    {
        if (_server is { } server)
        {
            server.Signal("INT");
            if (!await server.WaitForEndAsync(_options.StopTimeout))
            {
                server.Signal("QUIT");
            }

            await EndAsync(server);
        }
    }

    private async Task EndAsync(PostgresServer server)
    {
        if (!await server.WaitForEndAsync(_options.StopTimeout))
        {
            server.Signal("KILL");
            await server.WaitForEndAsync(_options.StopTimeout);
        }

        server.Dispose();
        _server = null;
    }

    private async Task WithGateAsync(Func<Task> work)
    {
        await _gate.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            _gate.Release();
        }
    }
}
