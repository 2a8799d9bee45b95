using System.Text.Json.Serialization;

namespace Levee.Client;

/// <summary>How likely a transaction is fraud.</summary>
public sealed record Prediction
{
    /// <summary>Whether the probability reaches the model's threshold.</summary>
    [JsonConverter(typeof(ZeroOrOneConverter))]
    public required bool IsFraud { get; init; }

    /// <summary>0 to 1.</summary>
    public required double FraudProbability { get; init; }

    /// <summary>Time that the server took, in milliseconds.</summary>
    public required double LatencyMs { get; init; }

    /// <summary>Such as v1.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>The row in the prediction log.</summary>
    public required Guid PredictionId { get; init; }

    /// <summary>Whether stored history could not be read in time, so that the score lacks it.</summary>
    public bool Degraded { get; init; }

    /// <summary>When asked for: the features that moved the score most, the largest first. Null when there are none.</summary>
    public IReadOnlyList<PredictionReason>? Reasons { get; init; }

    /// <summary>What the model expects of any transaction, in log-odds; with reasons only.</summary>
    public double? ReasonsBase { get; init; }

    /// <summary>The sum of the contributions that are not listed; with reasons only.</summary>
    public double? ReasonsRest { get; init; }

    /// <summary>Where reasons were asked for and are null: why the version gives none, in words.</summary>
    public string? ReasonsMissing { get; init; }
}
