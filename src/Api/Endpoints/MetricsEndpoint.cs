using Levee.Api.Security;
using Prometheus;

namespace Levee.Api.Endpoints;

/// <summary>GET /metrics: the default registry of prometheus-net, with Levee's own System.Diagnostics.Metrics meters.</summary>
internal static class MetricsEndpoint
{
    private const string OwnMeters = "Levee.";

    private static readonly Lazy<Counter> Allocated = new(() =>
    {
        var allocated = Metrics.CreateCounter("levee_allocated_bytes_total", "Bytes that the process has allocated on the managed heap.");
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() => allocated.IncTo(GC.GetTotalAllocatedBytes()));
        return allocated;
    });

    private static readonly Lazy<Gauge> Live = new(() =>
    {
        var live = Metrics.CreateGauge("levee_live_heap_bytes", "Bytes of the managed heap in use after the last full collection; 0 before the first.");
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() => live.Set(LiveBytes()));
        return live;
    });

    /// <summary>Must run before the first scrape. Other meters cost time on every request and are left out.</summary>
    public static void Configure()
    {
        Metrics.ConfigureMeterAdapter(options =>
        {
            options.InstrumentFilterPredicate = instrument => instrument.Meter.Name.StartsWith(OwnMeters, StringComparison.Ordinal)
                || instrument.Name is "kestrel.active_connections" or "kestrel.rejected_connections";

            // A quiet night must not make counters disappear; this is the longest that the library allows.
            options.MetricsExpireAfter = TimeSpan.FromDays(1);
        });
        _ = Allocated.Value;
        _ = Live.Value;
        Metrics.ConfigureEventCounterAdapter(options => options.EventSourceFilterPredicate = source => source == "System.Runtime");
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapMetrics("/metrics").IsOpen().ExcludeFromDescription();

    // What the process holds also has room for garbage; only this says how much the grains and their windows need.
    private static long LiveBytes()
    {
        var (background, blocking) = (GC.GetGCMemoryInfo(GCKind.Background), GC.GetGCMemoryInfo(GCKind.FullBlocking));
        var last = background.Index > blocking.Index ? background : blocking;
        return last.HeapSizeBytes - last.FragmentedBytes;
    }
}
