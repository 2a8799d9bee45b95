namespace Levee.Storage;

/// <summary>Names a row of <c>labels</c>.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="ObservedAt">When it became known.</param>
/// <param name="Source">Who said so.</param>
public readonly record struct LabelKey(Guid TransactionId, DateTime ObservedAt, string Source);
