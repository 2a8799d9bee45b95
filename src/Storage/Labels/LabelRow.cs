namespace Levee.Storage;

/// <summary>A row of <c>labels</c>.</summary>
/// <param name="TransactionId">The transaction; it need not be stored yet.</param>
/// <param name="IsFraud">Whether it was fraud.</param>
/// <param name="Source">Who says so.</param>
/// <param name="ObservedAt">When it became known.</param>
/// <param name="RecordedAt">When Levee took it in.</param>
public sealed record LabelRow(Guid TransactionId, bool IsFraud, string Source, DateTimeOffset ObservedAt, DateTimeOffset RecordedAt);
