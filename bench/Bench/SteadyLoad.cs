using System.Diagnostics;
using Levee.Features;

namespace Levee.Bench;

/// <summary>
/// Produces at a fixed rate while event time runs faster than the clock. It holds still on demand; what was not sent meanwhile is left out.
/// </summary>
/// <param name="source">The producer.</param>
/// <param name="population">Whose transactions.</param>
/// <param name="ratePerSecond">Transactions a second.</param>
/// <param name="duration">How long.</param>
/// <param name="eventSpan">The event time that passes meanwhile.</param>
/// <param name="endsAgo">How far before the present event time ends.</param>
internal sealed class SteadyLoad(
    TransactionSource source, Population population, int ratePerSecond, TimeSpan duration, TimeSpan eventSpan, TimeSpan endsAgo) : IDisposable
{
    private readonly CancellationTokenSource _disposed = new();
    private long _started;
    private bool _held;

    /// <summary>Transactions produced so far.</summary>
    public long Produced { get; private set; }

    /// <summary>Whether it holds still.</summary>
    public bool IsHeld
    {
        get => Volatile.Read(ref _held);
        set => Volatile.Write(ref _held, value);
    }

    /// <summary>How long it lasts.</summary>
    public TimeSpan Duration => duration;

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
        var end = UnixMicros.FromDateTimeOffset(TimeProvider.System.GetUtcNow() - endsAgo);
        var step = Stopwatch.Frequency / ratePerSecond;
        for (var due = _started; Elapsed < duration && !stop.IsCancellationRequested && !_disposed.IsCancellationRequested; due += step)
        {
            while (IsHeld || Stopwatch.GetTimestamp() < due)
            {
                due = IsHeld ? Stopwatch.GetTimestamp() : due;
                Thread.Sleep(1);
            }

            var before = eventSpan * Math.Max(0, 1 - (Elapsed / duration));
            source.Produce(source.Next(population, end - (before.Ticks / TimeSpan.TicksPerMicrosecond)));
            Produced++;
        }

        source.Flush();
    }
}
