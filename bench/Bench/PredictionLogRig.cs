using Levee.Embedded;
using Npgsql;

namespace Levee.Bench;

/// <summary>A PostgreSQL that can be taken away, a broker, and a silo that can be killed and started again on the same folders.</summary>
internal sealed class PredictionLogRig : IAsyncDisposable
{
    private readonly string _root;
    private readonly WorkFolder _folder = new();
    private readonly Stack<IAsyncDisposable> _started = new();
    private Dictionary<string, string> _settings = [];

    private PredictionLogRig(string root) => _root = root;

    public EmbeddedPostgres Postgres { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public ServiceProcess Silo { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    /// <summary>Bytes of predictions on the disk.</summary>
    public long SpooledBytes => Directory.Exists(SpoolFolder)
        ? new DirectoryInfo(SpoolFolder).GetFiles("*.spool", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0)
        : 0;

    private string SpoolFolder => Path.Combine(_folder.Data, "levee", "prediction-log");

    public static async Task<PredictionLogRig> StartAsync(string root, CancellationToken stop)
    {
        var rig = new PredictionLogRig(root);
        try
        {
            Console.WriteLine("Starting PostgreSQL, the broker and Levee (the first start loads a history and trains)...");
            rig.Postgres = rig.Keep(await EmbeddedPostgres.StartAsync(
                new EmbeddedPostgresOptions { DataDirectory = Path.Combine(rig._folder.Data, "postgres"), RemoveOnExit = true }, stop));
            // No pool: the server is killed, and a connection that was broken by it is worth nothing.
            rig.Database = rig.Keep(NpgsqlDataSource.Create(rig.Postgres.ConnectionString + ";Pooling=false"));
            var (broker, bootstrapServers) = await BrokerProgram.StartAsync(rig._folder.Path, stop);
            rig.Keep(broker);
            rig._settings = new Dictionary<string, string>
            {
                ["Levee__Kafka__BootstrapServers"] = bootstrapServers,
                ["Levee__Postgres__ConnectionString"] = rig.Postgres.ConnectionString,
                ["Levee__Demo__History"] = "true",
            };
            await rig.StartSiloAsync(stop);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    public async Task StartSiloAsync(CancellationToken stop)
    {
        (Silo, Address) = await LeveeSilo.StartAsync(_root, Path.Combine(_folder.Data, "levee"), _folder.Path, _settings, stop);
        Keep(Silo);
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var last))
        {
            await last.DisposeAsync();
        }

        _folder.Dispose();
    }

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }
}
