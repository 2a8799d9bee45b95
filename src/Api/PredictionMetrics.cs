using Prometheus;

namespace Levee.Api;

/// <summary>Counts and times of POST /predict, in the names of the reference.</summary>
internal sealed class PredictionMetrics
{
    /// <summary>The label when no model answered.</summary>
    private const string NoModel = "none";

    private static readonly double[] Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1];

    private readonly Counter _predictions;
    private readonly Counter _rejected;
    private readonly Histogram _latency;
    private readonly Counter.Child _errors;
    private volatile VersionCounters? _current;

    public PredictionMetrics()
    {
        _predictions = Metrics.CreateCounter(
            "predictions_total", "Predictions by model version and result; errors are requests that no model answered.",
            "model_version", "result");
        _rejected = Metrics.CreateCounter(
            "predict_rejected_total", "Requests to /predict that were refused as invalid, by HTTP status.", "status");
        _latency = Metrics.CreateHistogram(
            "prediction_latency_seconds", "Time from a request to /predict to its answer, in seconds.",
            new HistogramConfiguration { Buckets = Buckets });
        _errors = _predictions.WithLabels(NoModel, "error");
    }

    /// <summary>Counts an answer.</summary>
    public void Predicted(string version, bool isFraud, double seconds)
    {
        var counters = _current;
        if (counters is null || counters.Version != version)
        {
            // A race only looks the same children up twice.
            counters = new VersionCounters(
                version, _predictions.WithLabels(version, "fraud"), _predictions.WithLabels(version, "legit"));
            _current = counters;
        }

        (isFraud ? counters.Fraud : counters.Legit).Inc();
        _latency.Observe(seconds);
    }

    /// <summary>Counts a request that no model answered.</summary>
    public void Failed() => _errors.Inc();

    /// <summary>Counts an invalid request.</summary>
    public void Rejected(int status) => _rejected.WithLabels(status.ToString(System.Globalization.CultureInfo.InvariantCulture)).Inc();

    private sealed record VersionCounters(string Version, Counter.Child Fraud, Counter.Child Legit);
}
