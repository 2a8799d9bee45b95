namespace Levee.Features;

/// <summary>What somebody knew of a transaction from some time on.</summary>
/// <param name="IsFraud">Whether it was fraud.</param>
/// <param name="ObservedMicros">When it became known, microseconds since the Unix epoch.</param>
public readonly record struct LabelObservation(bool IsFraud, long ObservedMicros);
