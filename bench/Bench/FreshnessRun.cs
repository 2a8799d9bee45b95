using System.Collections.Concurrent;
using System.Diagnostics;
using Levee.Features;

namespace Levee.Bench;

/// <summary>
/// Produces at a fixed rate and measures, for two hundred transactions a second, the time from when it was due to be produced to when another
/// connection sees its row. Looking is done every few milliseconds, which is in the figure.
/// </summary>
internal sealed class FreshnessRun(TransactionSource source, DurableRows rows, int ratePerSecond)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Looking a transaction up costs the server something: not more of them at a higher rate.
    private readonly int _every = ratePerSecond / 200;
    private readonly ConcurrentQueue<(Guid Id, long Due)> _produced = new();
    private volatile bool _done;

    public async Task<LatencyHistogram> RunAsync(TimeSpan duration, CancellationToken stop)
    {
        _done = false;
        var latencies = new LatencyHistogram();
        var producing = Task.Factory.StartNew(() => Produce(duration, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var pending = new Dictionary<Guid, long>();
        var doneAt = 0L;
        while (true)
        {
            var done = _done;
            while (_produced.TryDequeue(out var probe))
            {
                pending.Add(probe.Id, probe.Due);
            }

            if (pending.Count > 0)
            {
                var visible = await rows.VisibleAsync(pending.Keys, stop);
                foreach (var id in visible)
                {
                    pending.Remove(id, out var due);
                    latencies.Record(Stopwatch.GetElapsedTime(due));
                }
            }
            else if (done)
            {
                break;
            }

            doneAt = done && doneAt == 0 ? Stopwatch.GetTimestamp() : doneAt;
            if (doneAt != 0 && Stopwatch.GetElapsedTime(doneAt) > Patience)
            {
                throw new BenchException($"{pending.Count} transactions were not visible {Patience.TotalSeconds:0} s after the last was produced.");
            }

            await Task.Delay(Pause, stop);
        }

        await producing;
        return latencies;
    }

    private void Produce(TimeSpan duration, CancellationToken stop)
    {
        try
        {
            var total = (long)(duration.TotalSeconds * ratePerSecond);
            var start = Stopwatch.GetTimestamp();
            for (long i = 0; i < total && !stop.IsCancellationRequested; i++)
            {
                var due = start + (i * Stopwatch.Frequency / ratePerSecond);
                while (Stopwatch.GetTimestamp() < due)
                {
                    Thread.Sleep(1);
                }

                var transaction = source.Next(Population.Usual, UnixMicros.FromDateTimeOffset(TimeProvider.System.GetUtcNow()));
                source.Produce(transaction);
                if (i % _every == 0)
                {
                    _produced.Enqueue((transaction.TransactionId, due));
                }
            }
        }
        finally
        {
            _done = true;
        }
    }
}
