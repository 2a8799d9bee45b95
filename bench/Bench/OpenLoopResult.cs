namespace Levee.Bench;

/// <summary>What came of an open loop.</summary>
/// <param name="Latencies">Of the answers, from when each request was due.</param>
/// <param name="Lateness">By how much each request was sent later than it was due: the generator's own share of the latencies.</param>
/// <param name="Failures">Requests without an answer.</param>
internal sealed record OpenLoopResult(LatencyHistogram Latencies, LatencyHistogram Lateness, long Failures);
