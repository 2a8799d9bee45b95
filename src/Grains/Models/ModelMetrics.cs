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

    public static void Serving(string? previous, string version)
    {
        if (previous is not null)
        {
            Info.WithLabels(previous).Set(0);
        }

        Info.WithLabels(version).Set(1);
    }
}
