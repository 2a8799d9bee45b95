using Levee.Features;

namespace Levee.Storage;

/// <summary>A stored label of a merchant's transaction.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="EventTimeMicros">Its event time.</param>
/// <param name="EarlyLabel">What its message said, or null.</param>
/// <param name="Observation">What was observed, and when.</param>
/// <param name="SinceVersion">The merchant's state holds it from this version on; <see cref="long.MaxValue"/> while it does not.</param>
/// <param name="BaseCents">The transaction's amount in cents of the base currency.</param>
/// <param name="IsAsWritten">False when the row no longer says what it said when it was written.</param>
public sealed record ParityLabel(
    Guid TransactionId,
    long EventTimeMicros,
    bool? EarlyLabel,
    LabelObservation Observation,
    long SinceVersion,
    long BaseCents,
    bool IsAsWritten);
