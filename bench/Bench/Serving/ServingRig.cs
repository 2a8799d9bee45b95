using System.Text;
using Levee.Embedded;
using Npgsql;

namespace Levee.Bench.Serving;

/// <summary>A server, a broker and a silo of their own, what may be put beside the silo, and what to ask them.</summary>
internal sealed class ServingRig : IAsyncDisposable
{
    private readonly WorkFolder _folder = new();
    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly string _root;
    private NpgsqlDataSource _database = null!;
    private Dictionary<string, string> _configuration = [];

    private ServingRig(string root) => _root = root;

    public IReadOnlyList<byte[]> Bodies { get; } = PredictBodies.Make();

    /// <summary>For the output of programs.</summary>
    public string LogFolder => _folder.Path;

    public Wrk Wrk { get; private set; } = null!;

    /// <summary>PostgreSQL's process.</summary>
    public int PostgresId { get; private set; }

    public ServiceProcess Levee { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    /// <summary>Starts them.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="settings">Settings of the silo besides where its servers are, as environment variables.</param>
    /// <param name="stop">Gives up waiting.</param>
    public static async Task<ServingRig> StartAsync(string root, IReadOnlyDictionary<string, string> settings, CancellationToken stop)
    {
        var rig = new ServingRig(root);
        try
        {
            await rig.StartAllAsync(settings, stop);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the API in a process of its own; the caller disposes of it.</summary>
    public async Task<(ServiceProcess Process, Uri Address)> StartApiAsync(CancellationToken stop)
    {
        var port = ServiceProcess.FreePort();
        var address = new Uri($"http://127.0.0.1:{port}/");
        var program = Path.Combine(_root, "src", "Api", "bin", "Release", "net10.0", "Levee.Api.dll");
        var settings = new Dictionary<string, string>(_configuration) { ["Levee__Port"] = $"{port}" };
        var process = ServiceProcess.Start("api", LogFolder, "dotnet", [program], settings);
        try
        {
            await process.WaitUntilReadyAsync(new Uri(address, "health/ready"), TimeSpan.FromSeconds(60), stop);
            return (process, address);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo that joins the first; the caller disposes of it.</summary>
    public Task<(ServiceProcess Process, Uri Address)> StartSecondSiloAsync(CancellationToken stop) =>
        LeveeSilo.StartAsync(_root, Path.Combine(_folder.Data, "second"), LogFolder, _configuration, stop, "levee-2");

    /// <summary>Writes the model in production to a file.</summary>
    public async Task<string> ExportModelAsync(CancellationToken stop)
    {
        await using var command = _database.CreateCommand("SELECT artifact FROM model_versions WHERE stage = 'Production'");
        var file = Path.Combine(_folder.Path, "model.bin");
        await File.WriteAllBytesAsync(file, (byte[])(await command.ExecuteScalarAsync(stop))!, stop);
        return file;
    }

    /// <summary>Waits until the prediction log has a number of rows that were served, or grows no more; the number it has then.</summary>
    public async Task<long> WaitForLoggedAsync(long wanted, CancellationToken stop)
    {
        for (var (count, last) = (-1L, -2L); ; last = count)
        {
            await using var command = _database.CreateCommand("SELECT count(*) FROM predictions WHERE served");
            command.CommandTimeout = 120;
            count = (long)(await command.ExecuteScalarAsync(stop))!;
            if (count >= wanted || count == last)
            {
                return count;
            }

            await Task.Delay(TimeSpan.FromSeconds(2), stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var last))
        {
            await last.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartAllAsync(IReadOnlyDictionary<string, string> settings, CancellationToken stop)
    {
        var bodies = Path.Combine(_folder.Path, "bodies.txt");
        await File.WriteAllLinesAsync(bodies, Bodies.Select(Encoding.UTF8.GetString), stop);
        Wrk = new Wrk(Path.Combine(_root, "bench", "predict.lua"), bodies);
        var postgres = Keep(await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions
            {
                DataDirectory = Path.Combine(_folder.Data, "postgres"),
                Settings = ServerSettings.Advised,
                RemoveOnExit = true,
            },
            stop));
        PostgresId = postgres.ProcessId ?? throw new BenchException("PostgreSQL has ended.");
        _database = Keep(NpgsqlDataSource.Create(postgres.ConnectionString));
        var (broker, bootstrapServers) = await BrokerProgram.StartAsync(_folder.Path, stop);
        Keep(broker);
        _configuration = new Dictionary<string, string>(settings)
        {
            ["Levee__Kafka__BootstrapServers"] = bootstrapServers,
            ["Levee__Postgres__ConnectionString"] = postgres.ConnectionString,
        };
        var first = new Dictionary<string, string>(_configuration) { ["Levee__Demo__History"] = "true" };
        (Levee, Address) = await LeveeSilo.StartAsync(_root, Path.Combine(_folder.Data, "levee"), LogFolder, first, stop);
        Keep(Levee);
    }

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }
}
