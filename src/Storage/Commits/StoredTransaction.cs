namespace Levee.Storage;

/// <summary>What is stored of a transaction, to tell a repeat from a clash of ids.</summary>
/// <param name="TransactionId">The id.</param>
/// <param name="CustomerId">Its customer.</param>
/// <param name="MerchantId">Its merchant.</param>
/// <param name="Amount">Its amount in its own currency.</param>
public sealed record StoredTransaction(Guid TransactionId, long CustomerId, long MerchantId, decimal Amount);
