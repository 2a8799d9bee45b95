namespace Levee.Bench.Serving;

/// <summary>One stretch of load.</summary>
/// <param name="Wrk">What wrk saw.</param>
/// <param name="ServerMicros">CPU microseconds of the servers for each transaction.</param>
/// <param name="PostgresMicros">CPU microseconds of PostgreSQL for each transaction.</param>
/// <param name="AllocatedBytes">Bytes that the servers allocated for each transaction.</param>
internal sealed record LoadSample(WrkResult Wrk, double ServerMicros, double PostgresMicros, double AllocatedBytes);
