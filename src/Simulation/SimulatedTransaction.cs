using Levee.Features;

namespace Levee.Simulation;

/// <summary>A transaction with what only the simulator knows of it.</summary>
public sealed record SimulatedTransaction
{
    /// <summary>The transaction as its message says it.</summary>
    public required Transaction Transaction { get; init; }

    /// <summary>What it really is.</summary>
    public required FraudKind Kind { get; init; }

    /// <summary>Microseconds from the event to the delivery, at least 0.</summary>
    public required long ArrivalDelayMicros { get; init; }

    /// <summary>Whether the delivery is late on purpose; others take less than a second.</summary>
    public required bool IsLate { get; init; }

    /// <summary>Microseconds from the first delivery to a second one of the same message; null when there is none.</summary>
    public required long? RepeatDelayMicros { get; init; }

    /// <summary>
    /// The labels that become known after the event, in the order of their observed times; the last one is true. Empty when none does.
    /// </summary>
    public required IReadOnlyList<LabelObservation> Labels { get; init; }

    /// <summary>Whether it is fraud.</summary>
    public bool IsFraud => Kind != FraudKind.None;

    /// <summary>Time of the first delivery, microseconds since the Unix epoch.</summary>
    public long ArrivalMicros => Transaction.EventTimeMicros + ArrivalDelayMicros;

    /// <summary>When the first label becomes known, microseconds since the Unix epoch; null when none does.</summary>
    public long? LabelObservedMicros => Labels.Count == 0 ? null : Labels[0].ObservedMicros;

    /// <summary>The label's history, an early label in the message included; null when there is none.</summary>
    /// <param name="asOfMicros">Observations after this time, microseconds since the Unix epoch, are left out.</param>
    public LabelHistory? ToLabelHistory(long asOfMicros = long.MaxValue)
    {
        var observations = Labels.Where(label => label.ObservedMicros <= asOfMicros).ToList();
        if (Transaction.IsFraud is { } early)
        {
            observations.Insert(0, new LabelObservation(early, Transaction.EventTimeMicros));
        }

        return observations.Count == 0 ? null : new LabelHistory(Transaction.TransactionId, Transaction.EventTimeMicros, observations)
        {
            BaseCents = Transaction.BaseCents,
        };
    }
}
