namespace Levee.Storage;

/// <summary>A row of <c>training_features</c>.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="EventTimeMicros">Its event time, microseconds since the Unix epoch.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="IsFraud">Its label.</param>
/// <param name="Features">The vector.</param>
public readonly record struct TrainingVector(Guid TransactionId, long EventTimeMicros, long CustomerId, bool IsFraud, float[] Features);
