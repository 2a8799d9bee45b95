using System.ComponentModel;
using System.Text.Json.Serialization;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>The current or last retraining run.</summary>
internal sealed record RetrainAnswer
{
    [JsonPropertyName("run_id"), Description("Null before the first run.")]
    public required Guid? RunId { get; init; }

    [JsonPropertyName("step"), Description("idle, check_drift, train, compare, promote, validate or done.")]
    public required string Step { get; init; }

    [JsonPropertyName("outcome"), Description("no_drift, too_few_labels, rejected, promoted or failed; null while running.")]
    public required string? Outcome { get; init; }

    [JsonPropertyName("detail"), Description("What led to the outcome.")]
    public required string? Detail { get; init; }

    [JsonPropertyName("forced")]
    public required bool Forced { get; init; }

    [JsonPropertyName("triggered_by")]
    public required string? TriggeredBy { get; init; }

    [JsonPropertyName("started_at")]
    public required DateTimeOffset? StartedAt { get; init; }

    [JsonPropertyName("ended_at"), Description("Null while running.")]
    public required DateTimeOffset? EndedAt { get; init; }

    [JsonPropertyName("current_auc"), Description("AUC of the last 30 days' matured, labelled predictions; null when too few.")]
    public required double? CurrentAuc { get; init; }

    [JsonPropertyName("baseline_auc")]
    public required double? BaselineAuc { get; init; }

    [JsonPropertyName("matured_predictions"), Description("Predictions that the AUC was measured on.")]
    public required int MaturedPredictions { get; init; }

    [JsonPropertyName("candidate_version"), Description("The version that was trained.")]
    public required string? CandidateVersion { get; init; }

    [JsonPropertyName("candidate_auc"), Description("On the comparison period.")]
    public required double? CandidateAuc { get; init; }

    [JsonPropertyName("production_auc"), Description("On the comparison period.")]
    public required double? ProductionAuc { get; init; }

    public static RetrainAnswer From(RetrainStatus status) => new()
    {
        RunId = status.RunId,
        Step = StepName(status.Step),
        Outcome = status.Outcome,
        Detail = status.Detail,
        Forced = status.Forced,
        TriggeredBy = status.TriggeredBy,
        StartedAt = status.StartedAt,
        EndedAt = status.EndedAt,
        CurrentAuc = Numbers.OrNull(status.CurrentAuc),
        BaselineAuc = Numbers.OrNull(status.BaselineAuc),
        MaturedPredictions = status.MaturedPredictions,
        CandidateVersion = status.CandidateVersion,
        CandidateAuc = Numbers.OrNull(status.CandidateAuc),
        ProductionAuc = Numbers.OrNull(status.ProductionAuc),
    };

    private static string StepName(RetrainStep step) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(step.ToString());
}
