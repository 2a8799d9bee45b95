using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

// The endpoint writes the bytes itself; this type is their description in the OpenAPI document.
/// <summary>The answer to one row of a batch: what POST /predict answers, or an error.</summary>
internal sealed record BatchRowAnswer
{
    [JsonPropertyName("index"), Range(0, int.MaxValue), Description("The row's place in the request, from 0.")]
    public required int Index { get; init; }

    [JsonPropertyName("is_fraud"), Range(0, 1)]
    public int? IsFraud { get; init; }

    [JsonPropertyName("fraud_probability"), Range(0.0, 1.0)]
    public double? FraudProbability { get; init; }

    [JsonPropertyName("latency_ms")]
    public double? LatencyMs { get; init; }

    [JsonPropertyName("model_version"), Description("The same in all rows.")]
    public string? ModelVersion { get; init; }

    [JsonPropertyName("prediction_id")]
    public Guid? PredictionId { get; init; }

    [JsonPropertyName("degraded")]
    public bool? Degraded { get; init; }

    [JsonPropertyName("reasons")]
    public IReadOnlyList<ReasonAnswer>? Reasons { get; init; }

    [JsonPropertyName("reasons_base")]
    public double? ReasonsBase { get; init; }

    [JsonPropertyName("reasons_rest")]
    public double? ReasonsRest { get; init; }

    [JsonPropertyName("reasons_missing")]
    public string? ReasonsMissing { get; init; }

    [JsonPropertyName("error"), Description("Instead of all else but index: what is wrong with the row.")]
    public BatchRowError? Error { get; init; }
}
