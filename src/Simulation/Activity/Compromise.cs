namespace Levee.Simulation;

/// <summary>A merchant whose customers are defrauded for some days.</summary>
/// <param name="MerchantId">The merchant.</param>
/// <param name="FromMicros">Begin, inclusive.</param>
/// <param name="ToMicros">End, exclusive.</param>
/// <param name="Share">Share of its transactions that are fraud.</param>
internal readonly record struct Compromise(long MerchantId, long FromMicros, long ToMicros, double Share);
