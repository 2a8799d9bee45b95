namespace Levee.Bench.Serving;

/// <summary>Puts load on a service and reads what it cost.</summary>
internal sealed class LoadMeter(Wrk wrk, int postgresId) : IDisposable
{
    private const int MostWarmUps = 10;
    private const int FlatWarmUps = 2;
    private const double LeastGain = 1.05;

    private static readonly TimeSpan WarmUpStretch = TimeSpan.FromSeconds(3);

    private readonly HttpClient _client = new();

    /// <summary>Answers that must be in the prediction log, warm-ups included.</summary>
    public long Logged { get; private set; }

    public void Dispose() => _client.Dispose();

    /// <summary>
    /// Loads a service until it gets no faster, twice in a row: compilers and caches take as long as they take, and pause in between.
    /// </summary>
    public async Task WarmUpAsync(LoadTarget target, CancellationToken stop)
    {
        var (best, flat) = (0.0, 0);
        for (var i = 0; i < MostWarmUps && flat < FlatWarmUps; i++)
        {
            var rate = (await LoadAsync(target, WarmUpStretch, stop)).PerSecond;
            flat = rate < best * LeastGain ? flat + 1 : 0;
            best = Math.Max(best, rate);
        }
    }

    public async Task<LoadSample> RunAsync(LoadTarget target, TimeSpan duration, CancellationToken stop)
    {
        var servers = new CpuMeter([.. target.Servers.Select(server => server.ProcessId)]);
        var postgres = new CpuMeter(postgresId);
        var allocations = new AllocationMeter(_client, [.. target.Servers.Select(server => server.Metrics).OfType<Uri>()]);
        var allocatedBefore = await allocations.ReadAsync(stop);
        servers.Start();
        postgres.Start();
        var result = await LoadAsync(target, duration, stop);
        var transactions = result.Requests * Math.Max(1, target.Rows);
        return new LoadSample(
            result,
            servers.MicrosecondsEach(transactions),
            postgres.MicrosecondsEach(transactions),
            (await allocations.ReadAsync(stop) - allocatedBefore) / transactions);
    }

    private async Task<WrkResult> LoadAsync(LoadTarget target, TimeSpan duration, CancellationToken stop)
    {
        var result = await wrk.RunAsync(target.Address, target.Path, target.Rows, target.Connections, duration, stop);
        if (target.IsLogged)
        {
            Logged += (result.Requests - result.StatusErrors) * Math.Max(1, target.Rows);
        }

        return result;
    }
}
