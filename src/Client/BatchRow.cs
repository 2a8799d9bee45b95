using System.Text.Json.Serialization;

namespace Levee.Client;

/// <summary>A line of the answer to a batch.</summary>
internal sealed record BatchRow
{
    private static readonly BatchError NoAnswer = new() { Status = 500, Title = "The row has neither a score nor an error." };

    public required int Index { get; init; }

    [JsonConverter(typeof(ZeroOrOneConverter))]
    public bool IsFraud { get; init; }

    public double FraudProbability { get; init; }

    public double LatencyMs { get; init; }

    public string? ModelVersion { get; init; }

    public Guid PredictionId { get; init; }

    public bool Degraded { get; init; }

    public IReadOnlyList<PredictionReason>? Reasons { get; init; }

    public double? ReasonsBase { get; init; }

    public double? ReasonsRest { get; init; }

    public string? ReasonsMissing { get; init; }

    public BatchError? Error { get; init; }

    /// <summary>The answer, with the row's place among all that were given.</summary>
    public BatchPrediction ToPrediction(long first) => Error is not null || ModelVersion is null
        ? new BatchPrediction(first + Index, null, Error ?? NoAnswer)
        : new BatchPrediction(
            first + Index,
            new Prediction
            {
                IsFraud = IsFraud,
                FraudProbability = FraudProbability,
                LatencyMs = LatencyMs,
                ModelVersion = ModelVersion,
                PredictionId = PredictionId,
                Degraded = Degraded,
                Reasons = Reasons,
                ReasonsBase = ReasonsBase,
                ReasonsRest = ReasonsRest,
                ReasonsMissing = ReasonsMissing,
            },
            null);
}
