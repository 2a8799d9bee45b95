using Levee.Embedded;
using Npgsql;

namespace Levee.Bench;

/// <summary>A server, a broker and a silo of their own, and what produces to them and looks at them.</summary>
internal sealed class IngestRig : IAsyncDisposable
{
    private readonly WorkFolder _folder = new();
    private readonly Stack<IAsyncDisposable> _started = new();

    private IngestRig()
    {
    }

    public string BootstrapServers { get; private set; } = "";

    /// <summary>For the output of programs.</summary>
    public string LogFolder => _folder.Path;

    public ServiceProcess Levee { get; private set; } = null!;

    /// <summary>Of the silo's API.</summary>
    public Uri Address { get; private set; } = null!;

    public TransactionSource Source { get; private set; } = null!;

    public DurableRows Rows { get; private set; } = null!;

    public RawBaseline Raw { get; private set; } = null!;

    public IngestRounds Rounds { get; private set; } = null!;

    /// <summary>Starts everything.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="settings">Of the silo, beside what the rig needs.</param>
    public static async Task<IngestRig> StartAsync(string root, CancellationToken stop, IReadOnlyDictionary<string, string>? settings = null)
    {
        var rig = new IngestRig();
        try
        {
            await rig.StartAllAsync(root, settings ?? new Dictionary<string, string>(), stop);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Source?.Dispose();
        while (_started.TryPop(out var last))
        {
            await last.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartAllAsync(string root, IReadOnlyDictionary<string, string> settings, CancellationToken stop)
    {
        Console.WriteLine("Starting PostgreSQL, the broker and Levee (the first start loads a history and trains)...");
        var postgres = Keep(await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = Path.Combine(_folder.Data, "postgres"), Settings = ServerSettings.Advised, RemoveOnExit = true }, stop));
        var database = Keep(NpgsqlDataSource.Create(postgres.ConnectionString));
        (var broker, BootstrapServers) = await BrokerProgram.StartAsync(_folder.Path, stop);
        Keep(broker);
        (Levee, Address) = await LeveeSilo.StartAsync(
            root,
            Path.Combine(_folder.Data, "levee"),
            _folder.Path,
            new Dictionary<string, string>(settings)
            {
                ["Levee__Kafka__BootstrapServers"] = BootstrapServers,
                ["Levee__Postgres__ConnectionString"] = postgres.ConnectionString,
                ["Levee__Demo__History"] = "true",
            },
            stop);
        Keep(Levee);
        Source = new TransactionSource(BootstrapServers);
        Rows = new DurableRows(database);
        Raw = new RawBaseline(BootstrapServers, database);
        await Raw.PrepareAsync(stop);
        Rounds = new IngestRounds(Source, Rows, Raw, Levee, postgres.ProcessId ?? throw new BenchException("PostgreSQL has ended."));
    }

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }
}
