using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>How likely a transaction is fraud.</summary>
internal sealed record PredictAnswer
{
    [JsonPropertyName("is_fraud"), Range(0, 1), Description("1 when the probability reaches the model's threshold.")]
    public required int IsFraud { get; init; }

    [JsonPropertyName("fraud_probability"), Range(0.0, 1.0)]
    public required double FraudProbability { get; init; }

    [JsonPropertyName("latency_ms"), Description("Time that the server took, in milliseconds.")]
    public required double LatencyMs { get; init; }

    [JsonPropertyName("model_version"), Description("Such as v1.")]
    public required string ModelVersion { get; init; }

    [JsonPropertyName("prediction_id"), Description("The row in the prediction log.")]
    public required Guid PredictionId { get; init; }

    [JsonPropertyName("degraded"), Description("True when stored history could not be read in time, so that the score lacks it.")]
    public required bool Degraded { get; init; }

    [JsonPropertyName("reasons"),
     Description("With explain=true: the features that moved the score most, the largest first. Null when the version cannot give them.")]
    public IReadOnlyList<ReasonAnswer>? Reasons { get; init; }

    [JsonPropertyName("reasons_base"),
     Description("With reasons: what the model expects of any transaction, in log-odds. With it, all contributions and reasons_rest add up to the log-odds of the trees, which calibration then makes the fraud_probability of.")]
    public double? ReasonsBase { get; init; }

    [JsonPropertyName("reasons_rest"), Description("With reasons: the sum of the contributions that are not listed.")]
    public double? ReasonsRest { get; init; }

    [JsonPropertyName("reasons_missing"), Description("With explain=true where reasons is null: why the version gives none, in words.")]
    public string? ReasonsMissing { get; init; }
}
