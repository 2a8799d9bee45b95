namespace Levee.Grains;

/// <summary>
/// Scores many transactions in one call for a caller that is no silo. Each silo has workers of its own; the key says nothing.
/// </summary>
[Alias("levee.IBatchScoringGrain")]
public interface IBatchScoringGrain : IGrainWithIntegerKey
{
    /// <summary>Scores the transactions whose customers are in the memory of the silo that is called.</summary>
    /// <param name="requests">
    /// Transactions that all name the same <see cref="ScoreRequest.ModelVersion"/>; null where there is none.
    /// </param>
    /// <returns>The answers in the same places; null where the customer's grain must be called instead.</returns>
    [Alias("ScoreActive")]
    Task<ScoreResponse?[]> ScoreActive(ScoreRequest?[] requests);
}
