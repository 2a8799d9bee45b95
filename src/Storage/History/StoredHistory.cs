using Levee.Features;

namespace Levee.Storage;

/// <summary>Stored transactions and what is known of them.</summary>
/// <param name="Transactions">In the order of event time, then of the customer's sequence.</param>
/// <param name="Labels">The complete label history of those that have one, by transaction id.</param>
public sealed record StoredHistory(IReadOnlyList<Transaction> Transactions, IReadOnlyDictionary<Guid, LabelHistory> Labels);
