using Levee.Models;

namespace Levee.Training;

/// <summary>The version in production on the rows on which a candidate was evaluated.</summary>
/// <param name="Version">Such as "v2".</param>
/// <param name="Metrics">Its metrics by name.</param>
/// <param name="Gains">The candidate's metrics less its own, paired.</param>
/// <param name="Roc">Its ROC curve.</param>
/// <param name="PrecisionRecall">Its precision-recall curve.</param>
/// <param name="SawTheRows">Whether it was trained on some of these rows, so that it has an unfair advantage.</param>
public sealed record ProductionComparison(
    string Version,
    IReadOnlyDictionary<string, MetricInterval> Metrics,
    IReadOnlyDictionary<string, MetricInterval> Gains,
    IReadOnlyList<CurvePoint> Roc,
    IReadOnlyList<CurvePoint> PrecisionRecall,
    bool SawTheRows);
