namespace Levee.Grains.Scoring;

/// <summary>What a score was computed from, as the prediction log keeps it.</summary>
/// <param name="ScoredAtMicros">The clock, microseconds since the Unix epoch.</param>
/// <param name="EventTimeMicros">The time that the windows end at, microseconds since the Unix epoch.</param>
/// <param name="CustomerSequence">Transactions that the customer's window held; 0 when it was missing.</param>
/// <param name="HasCustomer">Whether the customer's window was there.</param>
/// <param name="Merchant">The merchant.</param>
internal readonly record struct ScoreBasis(
    long ScoredAtMicros, long EventTimeMicros, long CustomerSequence, bool HasCustomer, MerchantSnapshotResponse Merchant)
{
    /// <summary>Whether a history was missing.</summary>
    public bool IsDegraded => !HasCustomer || Merchant.Degraded;
}
