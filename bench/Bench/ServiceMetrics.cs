using System.Globalization;

namespace Levee.Bench;

/// <summary>Reads single figures from what a service shows at /metrics.</summary>
internal static class ServiceMetrics
{
    /// <summary>Bytes that the process has allocated on the managed heap.</summary>
    public const string AllocatedBytes = "levee_allocated_bytes_total";

    /// <summary>Bytes of the managed heap in use after the last full collection.</summary>
    public const string LiveHeapBytes = "levee_live_heap_bytes";

    /// <summary>Customers that are active in the silo.</summary>
    public const string CustomersInMemory = "levee_grains_in_memory{kind=\"customer\"}";

    /// <summary>Seconds for which the garbage collector has stopped all threads.</summary>
    public const string PauseSeconds = "levee_gc_pause_seconds_total";

    /// <summary>The value of a metric.</summary>
    /// <param name="client">Asks.</param>
    /// <param name="service">Address of the service.</param>
    /// <param name="name">Its name, with its labels as they are shown.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="BenchException">The service does not show it.</exception>
    public static async Task<double> ReadAsync(HttpClient client, Uri service, string name, CancellationToken stop)
    {
        var text = await client.GetStringAsync(new Uri(service, "metrics"), stop);
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            ?? throw new BenchException($"{service}metrics has no {name}.");
        return double.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }
}
