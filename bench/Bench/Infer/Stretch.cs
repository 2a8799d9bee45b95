using System.Diagnostics;

namespace Levee.Bench.Infer;

/// <summary>What a stretch of scoring on one thread came to.</summary>
/// <param name="RowsPerSecond">Rows a second.</param>
/// <param name="BytesPerRow">Bytes that the thread allocated a row.</param>
internal readonly record struct Stretch(double RowsPerSecond, double BytesPerRow)
{
    /// <summary>Nanoseconds a row.</summary>
    public double Nanoseconds => 1e9 / RowsPerSecond;

    /// <summary>Calls for a while; each call scores one portion of the rows and is given the portion's number.</summary>
    public static Stretch Run(Action<int> score, int portions, int rowsPerPortion, TimeSpan length, CancellationToken stop)
    {
        GC.Collect();
        var rows = 0L;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < length)
        {
            stop.ThrowIfCancellationRequested();
            for (var portion = 0; portion < portions; portion++)
            {
                score(portion);
            }

            rows += (long)portions * rowsPerPortion;
        }

        var elapsed = watch.Elapsed.TotalSeconds;
        return new Stretch(rows / elapsed, (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)rows);
    }
}
