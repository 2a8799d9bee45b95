using System.Collections.Concurrent;
using HdrHistogram;

namespace Levee.Cli.Load;

/// <summary>What came back, counted by many threads at once. Its size does not grow with the number of requests.</summary>
internal sealed class LoadCounts
{
    private const long MostMicros = 10 * 60 * 1_000_000L;
    private const int Digits = 3;

    private readonly LongConcurrentHistogram _latencies = new(1, MostMicros, Digits);
    private readonly ConcurrentDictionary<string, long> _errors = new(StringComparer.Ordinal);

    private long _succeeded;
    private long _failed;

    /// <summary>Requests that were answered with a score.</summary>
    public long Succeeded => Interlocked.Read(ref _succeeded);

    /// <summary>All others.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>How many failed of what; the most frequent first.</summary>
    public KeyValuePair<string, long>[] Errors =>
        [.. _errors.OrderByDescending(error => error.Value).ThenBy(error => error.Key, StringComparer.Ordinal)];

    /// <summary>Counts an answer that came this long after the request was due.</summary>
    public void Succeed(TimeSpan latency)
    {
        _latencies.RecordValue(Math.Clamp(latency.Ticks / TimeSpan.TicksPerMicrosecond, 1, MostMicros));
        Interlocked.Increment(ref _succeeded);
    }

    /// <summary>Counts an error.</summary>
    public void Fail(string kind)
    {
        _errors.AddOrUpdate(kind, 1, (_, count) => count + 1);
        Interlocked.Increment(ref _failed);
    }

    /// <summary>A percentile of the latencies in milliseconds; 0 when nothing was answered.</summary>
    /// <param name="percentile">0 to 100; 100 is the longest.</param>
    public double Milliseconds(double percentile) => Succeeded == 0 ? 0 : _latencies.GetValueAtPercentile(percentile) / 1_000.0;
}
