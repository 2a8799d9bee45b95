using Orleans.Concurrency;

namespace Levee.Grains;

/// <summary>
/// One card holder: folds the customer's transactions into windows, keeps them durable and scores new ones on top of them.
/// The grain's key is the customer id. Transactions reach it through the stream namespace <see cref="StreamNamespaces.Customers"/>.
/// </summary>
[Alias("levee.ICustomerGrain")]
public interface ICustomerGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Scores a transaction on top of the live windows without storing it. Interleaves with writes: it never waits for PostgreSQL
    /// longer than one bounded read on a cold key, after which it answers with <see cref="ScoreResponse.Degraded"/> set.
    /// </summary>
    [AlwaysInterleave]
    [Alias("Score")]
    Task<ScoreResponse> Score(ScoreRequest request);

    /// <summary>The customer's features as they are now, for people and for debugging.</summary>
    [AlwaysInterleave]
    [Alias("GetFeatures")]
    Task<CustomerFeatures> GetFeatures();

    /// <summary>
    /// Writes the 1-minute feature rows whose windows the durable watermarks have passed, for customers that send nothing more.
    /// </summary>
    /// <param name="watermarks">Durable watermark of each transaction partition.</param>
    [Alias("CloseMinutes")]
    Task CloseMinutes(PartitionWatermark[] watermarks);
}
