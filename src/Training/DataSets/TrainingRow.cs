namespace Levee.Training;

/// <summary>A transaction as the model sees it: its feature vector at its event time, and what is known of its label.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="EventTimeMicros">Event time, microseconds since the Unix epoch, UTC.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="IsFraud">Whether it was known to be fraud at the time as of which the data set was built.</param>
/// <param name="Features">The vector in the order of the feature list; NaN is missing. Not to be changed.</param>
public sealed record TrainingRow(Guid TransactionId, long EventTimeMicros, long CustomerId, bool IsFraud, float[] Features)
{
    /// <summary>ISO 4217 code, or null when it is not known. For segments and the logistic baseline.</summary>
    public string? Currency { get; init; }

    /// <summary>ISO 3166 alpha-2 country, or null.</summary>
    public string? Country { get; init; }

    /// <summary>Device type as the producer names it, or null.</summary>
    public string? DeviceType { get; init; }
}
