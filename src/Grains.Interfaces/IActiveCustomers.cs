namespace Levee.Grains;

/// <summary>
/// Scores in this process for the customers whose windows are in its memory: what <see cref="ICustomerGrain.Score"/> answers, without a
/// call. A process that hosts grains has one; another calls <see cref="IBatchScoringGrain"/> or the customer's grain.
/// </summary>
public interface IActiveCustomers
{
    /// <summary>Scores a transaction and logs the prediction.</summary>
    /// <param name="request">The transaction.</param>
    /// <returns>
    /// Null when the customer's grain must be called instead: the customer or the merchant is not in memory here, or no model is.
    /// </returns>
    ScoreResponse? TryScore(ScoreRequest request);

    /// <summary>Scores many transactions at once and logs the predictions.</summary>
    /// <param name="requests">
    /// The transactions; null where there is none. All name the same <see cref="ScoreRequest.ModelVersion"/>: the first one's is taken.
    /// </param>
    /// <param name="responses">Receives the answers in the same places; null where the customer's grain must be called instead.</param>
    /// <exception cref="ArgumentException">The two have different lengths.</exception>
    void TryScore(ReadOnlySpan<ScoreRequest?> requests, Span<ScoreResponse?> responses);
}
