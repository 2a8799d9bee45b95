using System.Text.Json;
using System.Text.Json.Serialization;

namespace Levee.Bench;

/// <summary>What predict.lua prints at the end of a run.</summary>
internal sealed record WrkResult(
    long Requests,
    [property: JsonPropertyName("duration_us")] long DurationMicros,
    [property: JsonPropertyName("p50_us")] double P50Micros,
    [property: JsonPropertyName("p99_us")] double P99Micros,
    [property: JsonPropertyName("p999_us")] double P999Micros,
    long StatusErrors,
    long Timeouts,
    long SocketErrors)
{
    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Requests that were not answered with 200.</summary>
    public long Failures => StatusErrors + Timeouts + SocketErrors;

    /// <summary>Good answers a second; failures are no throughput.</summary>
    public double PerSecond => (Requests - StatusErrors) / (DurationMicros / 1e6);
}
