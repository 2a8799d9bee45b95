namespace Levee.Bench;

/// <summary>What came of an open loop.</summary>
/// <param name="Latencies">Of the answers, from when each request was due.</param>
/// <param name="Lateness">How late each call was made, which is in the latencies; waiting within the client for a connection is not counted.</param>
/// <param name="Failures">Requests without a 200.</param>
internal sealed record OpenLoopResult(LatencyHistogram Latencies, LatencyHistogram Lateness, long Failures);
