using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>How far the version in production has drifted.</summary>
internal sealed record DriftAnswer
{
    [JsonPropertyName("model_version"), Description("Such as v1.")]
    public required string ModelVersion { get; init; }

    [JsonPropertyName("measured_at")]
    public required DateTimeOffset MeasuredAt { get; init; }

    [JsonPropertyName("matured_predictions"), Range(0, int.MaxValue), Description("Predictions whose labels are mature, in the period that counts.")]
    public required int MaturedPredictions { get; init; }

    [JsonPropertyName("frauds"), Range(0, int.MaxValue), Description("Frauds among them.")]
    public required int Frauds { get; init; }

    [JsonPropertyName("current_auc"), Description("AUC of these predictions; null when there are too few.")]
    public required double? CurrentAuc { get; init; }

    [JsonPropertyName("current_auc_low"), Description("Lower end of its 95 % interval.")]
    public required double? CurrentAucLow { get; init; }

    [JsonPropertyName("current_auc_high"), Description("Upper end of its 95 % interval.")]
    public required double? CurrentAucHigh { get; init; }

    [JsonPropertyName("baseline_auc"), Description("AUC on held-out time when the version was trained.")]
    public required double? BaselineAuc { get; init; }

    [JsonPropertyName("degradation_percent"), Description("Fall of the AUC in percent of the baseline; below 0 when it rose.")]
    public required double? DegradationPercent { get; init; }

    [JsonPropertyName("max_degradation_percent"), Description("The fall that calls for training.")]
    public required double MaxDegradationPercent { get; init; }

    [JsonPropertyName("drifted"), Description("Whether the AUC has fallen by more than that; null when it could not be measured.")]
    public required bool? Drifted { get; init; }

    [JsonPropertyName("features"),
     Description("Kolmogorov-Smirnov distance of each feature's recent values from those the model was made with, 0 to 1.")]
    public required IReadOnlyDictionary<string, double> Features { get; init; }

    [JsonPropertyName("features_psi"),
     Description("Population stability index of the same, 0 or more, missing values included; above 0.25 is a large shift.")]
    public required IReadOnlyDictionary<string, double> StabilityIndexes { get; init; }

    public static DriftAnswer From(DriftReport report) => new()
    {
        ModelVersion = report.ModelVersion,
        MeasuredAt = report.MeasuredAt,
        MaturedPredictions = report.MaturedPredictions,
        Frauds = report.Frauds,
        CurrentAuc = Numbers.OrNull(report.CurrentAuc),
        CurrentAucLow = Numbers.OrNull(report.CurrentAucLow),
        CurrentAucHigh = Numbers.OrNull(report.CurrentAucHigh),
        BaselineAuc = Numbers.OrNull(report.BaselineAuc),
        DegradationPercent = Numbers.OrNull(report.DegradationPercent),
        MaxDegradationPercent = report.MaxDegradationPercent,
        Drifted = report.HasDrifted,
        Features = report.Features.ToDictionary(feature => feature.Feature, feature => feature.Distance),
        StabilityIndexes = report.Features.ToDictionary(feature => feature.Feature, feature => feature.StabilityIndex),
    };
}
