namespace Levee.Client;

/// <summary>The answer to one transaction of a batch: a prediction or an error.</summary>
/// <param name="Index">The transaction's place in what was given, from 0.</param>
/// <param name="Prediction">The prediction; null when there is an error.</param>
/// <param name="Error">Why there is no prediction; null when there is one.</param>
public sealed record BatchPrediction(long Index, Prediction? Prediction, BatchError? Error);
