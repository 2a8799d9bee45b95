using Levee.Features;

namespace Levee.Training;

/// <summary>A transaction that was folded, with what its row in storage needs.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="IsLate">Its minute had ended, so it is not in a 1-minute row.</param>
/// <param name="CustomerSequence">Its place among the customer's accepted transactions, from 1.</param>
public sealed record FoldedTransaction(Transaction Transaction, bool IsLate, long CustomerSequence);
