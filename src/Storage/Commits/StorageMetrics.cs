using System.Collections.Concurrent;
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
        "levee.storage.predictions.dropped", "{prediction}", "Predictions that were not logged: the queue was full, or PostgreSQL refused their content.");

    public static readonly Counter<long> SpooledPredictions = Meter.CreateCounter<long>(
        "levee.storage.predictions.spooled", "{prediction}", "Predictions written to the disk because PostgreSQL did not take them in time.");

    public static readonly Counter<long> ReplayedPredictions = Meter.CreateCounter<long>(
        "levee.storage.predictions.replayed", "{prediction}", "Predictions brought from the disk to PostgreSQL.");

    public static readonly Counter<long> CorruptFrames = Meter.CreateCounter<long>(
        "levee.storage.predictions.corrupt", "{stretch}", "Damaged stretches of files with predictions, which were set aside.");

    public static readonly Counter<long> SpoolErrors = Meter.CreateCounter<long>(
        "levee.storage.predictions.spool.errors", "{error}", "Writes of predictions that the disk refused.");

    public static readonly Histogram<double> SpoolSeconds = Meter.CreateHistogram<double>(
        "levee.storage.predictions.spool.duration", "s", "Time to write a batch of predictions to the disk.");

    public static readonly UpDownCounter<long> SpoolBytes = Meter.CreateUpDownCounter<long>(
        "levee.storage.predictions.spool.size", "By", "Bytes of predictions on the disk, with those that were set aside.");

    public static readonly UpDownCounter<long> SpoolSegments = Meter.CreateUpDownCounter<long>(
        "levee.storage.predictions.spool.segments", "{file}", "Files of predictions that wait for PostgreSQL.");

    /// <summary>The spools whose age is shown.</summary>
    public static readonly ConcurrentDictionary<PredictionSpool, bool> Spools = new();

    public static readonly ObservableGauge<double> SpoolAge = Meter.CreateObservableGauge(
        "levee.storage.predictions.spool.oldest_age",
        () => Spools.Keys.Select(spool => spool.OldestAge.TotalSeconds).DefaultIfEmpty(0).Max(),
        "s",
        "How long the oldest predictions on the disk have waited for PostgreSQL.");

    public static readonly Counter<long> EndedSessions = Meter.CreateCounter<long>(
        "levee.storage.sessions.ended", "{session}", "Database sessions of dead silos that this silo has ended.");
}
