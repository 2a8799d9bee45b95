using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Levee.Embedded;

/// <summary>
/// A private PostgreSQL cluster in a folder: made on the first start, reused afterwards, recovered by PostgreSQL itself after a crash. The
/// server belongs to this process: it ends with it, also when it is killed.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string User = "levee";
    private const int PortAttempts = 3;
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(8);

    private readonly EmbeddedPostgresOptions _options;
    private readonly PostgresPrograms _programs;
    private readonly PostgresFolder _folder;
    private readonly string _password;
    private PostgresServer? _server;
    private int _port;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, PostgresPrograms programs, PostgresFolder folder, string password)
    {
        _options = options;
        _programs = programs;
        _folder = folder;
        _password = password;
        _port = options.Port;
    }

    /// <summary>For Npgsql: loopback, user and password included.</summary>
    public string ConnectionString => ConnectionStringTo(_options.Database);

    /// <summary>Port on the loopback address.</summary>
    public int Port => _port;

    /// <summary>Starts the cluster of a folder, making it on the first start.</summary>
    /// <exception cref="EmbeddedServerException">It cannot; the message is one sentence.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken cancellationToken = default)
    {
        var programs = PostgresPrograms.Find();
        var folder = PostgresFolder.Open(options);
        try
        {
            var password = await folder.InitializeAsync(programs, User, options.Durable, cancellationToken);
            var postgres = new EmbeddedPostgres(options, programs, folder, password);
            try
            {
                await folder.EndOrphanAsync(programs, cancellationToken);
                await postgres.StartServerAsync(cancellationToken);
                await postgres.EnsureDatabaseAsync(cancellationToken);
                return postgres;
            }
            catch
            {
                await postgres.StopAsync();
                throw;
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server in an orderly way; <see cref="RestartAsync"/> starts it again.</summary>
    public async Task StopAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.StopAsync(StopWithin);
        }
    }

    /// <summary>Ends the server as a crash does: nothing is flushed, the next start recovers from the log.</summary>
    public async Task KillAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await _folder.KillServerAsync(_programs);
            await server.StopAsync(StopWithin);
        }
    }

    /// <summary>Stops the server if it runs and starts it on the same port.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync();
        NpgsqlConnection.ClearAllPools();
        await StartServerAsync(cancellationToken);
    }

    /// <summary>A connection string to another database of the cluster.</summary>
    public string ConnectionStringTo(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port,
        Username = User,
        Password = _password,
        Database = database,
        IncludeErrorDetail = true,
    }.ConnectionString;

    /// <summary>Stops the server and lets go of the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        var anyPort = _port == 0;
        for (var attempt = 1; ; attempt++)
        {
            _port = anyPort ? FreePort() : _port;
            var server = PostgresServer.Start(_programs, _folder, _port, _options);
            try
            {
                await WaitUntilReadyAsync(server, cancellationToken);
                _server = server;
                return;
            }
            catch (EmbeddedServerException) when (anyPort && attempt < PortAttempts && _folder.LogSays("Address already in use"))
            {
                // Somebody took the free port in between.
                await server.StopAsync(StopWithin);
            }
            catch
            {
                await server.StopAsync(StopWithin);
                throw;
            }
        }
    }

    private async Task WaitUntilReadyAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionStringTo("postgres")) { Pooling = false, Timeout = 2 };
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await tick.WaitForNextTickAsync(cancellationToken))
        {
            if (server.HasExited)
            {
                throw new EmbeddedServerException(_folder.ExplainFailure(_port));
            }

            try
            {
                await using var connection = new NpgsqlConnection(builder.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException)
            {
                // Not listening yet, or still recovering; both end, or the process does.
            }
        }
    }

    private async Task EnsureDatabaseAsync(CancellationToken cancellationToken)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(ConnectionStringTo("postgres")) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new NpgsqlParameter { Value = _options.Database } },
        };
        if (await exists.ExecuteScalarAsync(cancellationToken) is null)
        {
            var name = new NpgsqlCommandBuilder().QuoteIdentifier(_options.Database);
            await using var create = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"CREATE DATABASE {name}"), connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
