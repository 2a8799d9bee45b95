using System.Globalization;

namespace Levee.Bench.Serving;

/// <summary>Bytes that services have allocated, from their metrics.</summary>
internal sealed class AllocationMeter(HttpClient client, IReadOnlyList<Uri> services)
{
    /// <summary>The counter's name.</summary>
    public const string Counter = "levee_allocated_bytes_total";

    public async Task<double> ReadAsync(CancellationToken stop)
    {
        var sum = 0.0;
        foreach (var service in services)
        {
            var text = await client.GetStringAsync(new Uri(service, "metrics"), stop);
            var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(Counter + " ", StringComparison.Ordinal))
                ?? throw new BenchException($"{service}metrics has no {Counter}.");
            sum += double.Parse(line[Counter.Length..], CultureInfo.InvariantCulture);
        }

        return sum;
    }
}
