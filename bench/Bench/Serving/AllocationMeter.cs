namespace Levee.Bench.Serving;

/// <summary>Bytes that services have allocated, from their metrics.</summary>
internal sealed class AllocationMeter(HttpClient client, IReadOnlyList<Uri> services)
{
    public async Task<double> ReadAsync(CancellationToken stop)
    {
        var sum = 0.0;
        foreach (var service in services)
        {
            sum += await ServiceMetrics.ReadAsync(client, service, ServiceMetrics.AllocatedBytes, stop);
        }

        return sum;
    }
}
