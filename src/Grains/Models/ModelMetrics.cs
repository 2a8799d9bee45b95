using Prometheus;

namespace Levee.Grains.Models;

/// <summary>Metrics of the served model.</summary>
internal static class ModelMetrics
{
    private static readonly Gauge Info = Metrics.CreateGauge(
        "model_version_info", "1 for the model version that this process serves.", "model_version");

    public static readonly Counter Refused = Metrics.CreateCounter(
        "model_load_refused_total", "Model versions that were refused at load: feature hash or probe did not match.");

    public static readonly Gauge Accuracy = Metrics.CreateGauge(
        "model_accuracy", "AUC of matured, labelled predictions; the held-out AUC of training before there are any.", "model_version");

    private static readonly Gauge Drift = Metrics.CreateGauge(
        "data_drift_score",
        "Kolmogorov-Smirnov distance, 0 to 1, of a feature in recent predictions from the rows that the model was tested on.",
        "feature");

    private static readonly Gauge Stability = Metrics.CreateGauge(
        "data_drift_psi",
        "Population stability index, 0 or more, of a feature in recent predictions against the rows that the model was tested on; " +
        "above 0.25 is a large shift.",
        "feature");

    public static void Drifted(FeatureDrift drift)
    {
        Drift.WithLabels(drift.Feature).Set(drift.Distance);
        Stability.WithLabels(drift.Feature).Set(drift.StabilityIndex);
    }

    public static void Serving(string? previous, string version)
    {
        if (previous is not null)
        {
            Info.WithLabels(previous).Set(0);
        }

        Info.WithLabels(version).Set(1);
    }
}
