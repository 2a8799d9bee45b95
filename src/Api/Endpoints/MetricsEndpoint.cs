using Levee.Api.Security;
using Prometheus;

namespace Levee.Api.Endpoints;

/// <summary>GET /metrics: the default registry of prometheus-net, with Levee's own System.Diagnostics.Metrics meters.</summary>
internal static class MetricsEndpoint
{
    private const string OwnMeters = "Levee.";

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
        RuntimeMetrics.Refresh();
        Metrics.ConfigureEventCounterAdapter(options => options.EventSourceFilterPredicate = source => source == "System.Runtime");
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapMetrics("/metrics").IsOpen().ExcludeFromDescription();
}
