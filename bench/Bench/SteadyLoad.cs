using System.Diagnostics;
using Levee.Features;

namespace Levee.Bench;

/// <summary>Produces at a fixed rate while event time runs faster than the clock and ends at the present.</summary>
internal sealed class SteadyLoad(TransactionSource source, int ratePerSecond, TimeSpan duration, TimeSpan eventSpan) : IDisposable
{
    private readonly CancellationTokenSource _disposed = new();
    private long _started;

    /// <summary>Transactions produced so far.</summary>
    public long Produced { get; private set; }

    /// <summary>Since the load began.</summary>
    public TimeSpan Elapsed => _started == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_started);

    /// <summary>Produces for the whole duration, on a thread of its own.</summary>
    public Task RunAsync(CancellationToken stop)
    {
        _started = Stopwatch.GetTimestamp();
        return Task.Factory.StartNew(() => Produce(stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Dispose() => _disposed.Cancel();

    private void Produce(CancellationToken stop)
    {
        var end = UnixMicros.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        var total = (long)(duration.TotalSeconds * ratePerSecond);
        for (long i = 0; i < total && !stop.IsCancellationRequested && !_disposed.IsCancellationRequested; i++)
        {
            var due = _started + (i * Stopwatch.Frequency / ratePerSecond);
            while (Stopwatch.GetTimestamp() < due)
            {
                Thread.Sleep(1);
            }

            var before = eventSpan * (1 - ((double)i / total));
            source.Produce(source.Next(Population.Usual, end - (before.Ticks / TimeSpan.TicksPerMicrosecond)));
            Produced++;
        }

        source.Flush();
    }
}
