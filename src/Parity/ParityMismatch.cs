namespace Levee.Parity;

/// <summary>A value that is not what the stored rows give.</summary>
/// <param name="Source">What holds the value: "prediction", "fold", "training_features", "transactions", "labels", "customer_state" or "merchant_state".</param>
/// <param name="Id">The prediction, or the transaction.</param>
/// <param name="Feature">Name of the feature; "digest" when a stored row was changed after it was written; "transaction" when the transaction is not stored or the request cannot be read.</param>
/// <param name="Logged">The value that is held.</param>
/// <param name="Recomputed">The value that the oracle computes from the stored rows.</param>
public sealed record ParityMismatch(string Source, Guid Id, string Feature, float Logged, float Recomputed);
