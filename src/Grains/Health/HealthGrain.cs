using Levee.Grains.Models;
using Levee.Storage;
using Levee.Streaming.Kafka;
using Orleans.Concurrency;

namespace Levee.Grains.Health;

/// <inheritdoc cref="IHealthGrain"/>
[StatelessWorker]
internal sealed class HealthGrain(ModelHost models, LeveeDatabase database, IKafkaStreamHealth stream, PredictionLog log) : Grain, IHealthGrain
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public async Task<SystemHealth> Check() => new()
    {
        Model = models.Current is { } model
            ? new ComponentHealth(true, $"Serving {model.Version}.")
            : new ComponentHealth(false, "No model is loaded yet. When none is in production, POST /retrain trains the first."),
        Database = await CheckDatabaseAsync(),
        Stream = CheckStream(),
        PredictionLog = Describe(log.State),
    };

    /// <summary>Waiting on the disk is what the log is for; what would be lost is not healthy.</summary>
    internal static ComponentHealth Describe(PredictionLogState state) => state switch
    {
        { IsDropping: true } => new ComponentHealth(false, "Predictions are dropped: neither PostgreSQL nor the disk takes them."),
        { IsHeld: true } => new ComponentHealth(false, "Predictions wait in memory: neither PostgreSQL nor the disk takes them."),
        { SpooledBytes: > 0 } => new ComponentHealth(
            true, $"{state.SpooledBytes} bytes of predictions wait on the disk, the oldest for {(long)state.OldestAge.TotalSeconds} s."),
        _ => new ComponentHealth(true, "Predictions are logged."),
    };

    private async Task<ComponentHealth> CheckDatabaseAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            await database.PingAsync(timeout.Token).WaitAsync(Timeout);
            return new ComponentHealth(true, "PostgreSQL answers.");
        }
        catch (Exception)
        {
            // Whatever it was, the answer is the same; the reason may hold addresses and names that are no caller's business.
            return new ComponentHealth(false, "PostgreSQL does not answer.");
        }
    }

    private ComponentHealth CheckStream()
    {
        var health = stream.GetSnapshot();
        var blocked = health.Partitions.Where(partition => partition.BlockedReason is not null).ToArray();
        if (blocked.Length > 0)
        {
            return new ComponentHealth(false, $"Blocked: {string.Join("; ", blocked.Select(p => $"{p.Topic}[{p.Partition}] {p.BlockedReason}"))}");
        }

        var silent = health.Partitions.Where(partition => partition.LogError is not null).ToArray();
        if (silent.Length > 0)
        {
            return new ComponentHealth(false, $"Kafka does not answer for {string.Join(", ", silent.Select(p => $"{p.Topic}[{p.Partition}]"))}.");
        }

        if (health.LastError is not null)
        {
            // As above: the reason names addresses, and the log has it.
            return new ComponentHealth(false, "Kafka, or the table of its checkpoints, does not answer.");
        }

        return health.IsRunning
            ? new ComponentHealth(true, $"{health.Partitions.Count} partitions, {health.Partitions.Sum(partition => partition.Lag)} records behind.")
            : new ComponentHealth(false, "The Kafka consumer does not run.");
    }
}
