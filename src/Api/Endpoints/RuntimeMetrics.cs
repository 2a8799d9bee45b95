using Prometheus;

namespace Levee.Api.Endpoints;

/// <summary>What the process's memory management does, in prometheus-net's default registry.</summary>
internal static class RuntimeMetrics
{
    private static readonly Counter Allocated =
        Metrics.CreateCounter("levee_allocated_bytes_total", "Bytes that the process has allocated on the managed heap.");

    private static readonly Gauge Live =
        Metrics.CreateGauge("levee_live_heap_bytes", "Bytes of the managed heap in use after the last full collection; 0 before the first.");

    private static readonly Counter Paused =
        Metrics.CreateCounter("levee_gc_pause_seconds_total", "Seconds for which the garbage collector has stopped all threads.");

    static RuntimeMetrics() => Metrics.DefaultRegistry.AddBeforeCollectCallback(Refresh);

    /// <summary>Refreshes the values now; from the first call on, each scrape does.</summary>
    public static void Refresh()
    {
        Allocated.IncTo(GC.GetTotalAllocatedBytes());
        Live.Set(LiveBytes());
        Paused.IncTo(GC.GetTotalPauseDuration().TotalSeconds);
    }

    // What the process holds also has room for garbage; only this says how much the grains and their windows need.
    private static long LiveBytes()
    {
        var (background, blocking) = (GC.GetGCMemoryInfo(GCKind.Background), GC.GetGCMemoryInfo(GCKind.FullBlocking));
        var last = background.Index > blocking.Index ? background : blocking;
        return last.HeapSizeBytes - last.FragmentedBytes;
    }
}
