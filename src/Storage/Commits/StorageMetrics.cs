using System.Diagnostics.Metrics;

namespace Levee.Storage;

/// <summary>Metrics of the meter <c>Levee.Storage</c>.</summary>
internal static class StorageMetrics
{
    private static readonly Meter Meter = new("Levee.Storage");

    public static readonly Histogram<double> CommitSeconds = Meter.CreateHistogram<double>(
        "levee.storage.commit.duration", "s", "From the moment a batch is taken until it is durable.");

    public static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>(
        "levee.storage.commit.batch_size", "{grain}", "Grains whose work shared a transaction.");

    public static readonly UpDownCounter<long> Queued = Meter.CreateUpDownCounter<long>(
        "levee.storage.commit.queued", "{grain}", "Grains whose work is not durable yet.");

    public static readonly UpDownCounter<long> QueuedReads = Meter.CreateUpDownCounter<long>(
        "levee.storage.read.queued", "{grain}", "Grains that wait for their state.");

    public static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "levee.storage.commit.retries", "{retry}", "Batches that were tried again, because PostgreSQL was away or refused for a moment.");

    public static readonly Counter<long> LoggedPredictions = Meter.CreateCounter<long>(
        "levee.storage.predictions.logged", "{prediction}", "Predictions written to the log.");

    public static readonly Counter<long> DroppedPredictions = Meter.CreateCounter<long>(
        "levee.storage.predictions.dropped", "{prediction}", "Predictions that were not logged because the queue was full.");

    public static readonly Counter<long> EndedSessions = Meter.CreateCounter<long>(
        "levee.storage.sessions.ended", "{session}", "Database sessions of dead silos that this silo has ended.");
}
