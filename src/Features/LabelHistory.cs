namespace Levee.Features;

/// <summary>
/// Everything that is known of one transaction's label, an early label in the message included (observed at the event). Features see at
/// time t the observation with the greatest observed time among those that are visible, and one is visible from
/// max(event time + label delay, observed time) on.
/// </summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="EventTimeMicros">Its event time, microseconds since the Unix epoch.</param>
/// <param name="Observations">All observations, in any order.</param>
public sealed record LabelHistory(Guid TransactionId, long EventTimeMicros, IReadOnlyList<LabelObservation> Observations)
{
    /// <summary>The transaction's amount in cents of the base currency; 0 when it is not known.</summary>
    public long BaseCents { get; init; }

    /// <summary>How long a label takes to count, in microseconds: seven days.</summary>
    public const long DelayMicros = 7 * UnixMicros.PerDay;

    /// <summary>Whether the transaction counts as fraud at a time.</summary>
    public bool IsFraudAt(long atMicros)
    {
        var newest = long.MinValue;
        var fraud = false;
        foreach (var observation in Observations)
        {
            if (Math.Max(EventTimeMicros + DelayMicros, observation.ObservedMicros) <= atMicros && observation.ObservedMicros >= newest)
            {
                newest = observation.ObservedMicros;
                fraud = observation.IsFraud;
            }
        }

        return fraud;
    }
}
