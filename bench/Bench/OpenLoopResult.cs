namespace Levee.Bench;

/// <summary>Latencies of the answers, and how many requests got none.</summary>
internal sealed record OpenLoopResult(LatencyHistogram Latencies, long Failures);
