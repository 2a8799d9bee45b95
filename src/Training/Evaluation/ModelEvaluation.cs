using Levee.Models;

namespace Levee.Training;

/// <summary>A model on later rows, with intervals, segments, curves and importance.</summary>
public sealed record ModelEvaluation
{
    /// <summary>Number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Number of frauds.</summary>
    public required int Frauds { get; init; }

    /// <summary>Event time of the first row.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Event time of the last row.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The model's decision threshold.</summary>
    public required double Threshold { get; init; }

    /// <summary>Counts at the threshold.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>Metrics with intervals by name: see <see cref="MetricNames"/>.</summary>
    public required IReadOnlyDictionary<string, MetricInterval> Metrics { get; init; }

    /// <summary>The same by segment.</summary>
    public required IReadOnlyList<SegmentEvaluation> Segments { get; init; }

    /// <summary>Calibration.</summary>
    public required IReadOnlyList<ReliabilityBin> Reliability { get; init; }

    /// <summary>The ROC curve.</summary>
    public required IReadOnlyList<CurvePoint> Roc { get; init; }

    /// <summary>The precision-recall curve.</summary>
    public required IReadOnlyList<CurvePoint> PrecisionRecall { get; init; }

    /// <summary>The features, the most important first.</summary>
    public required IReadOnlyList<FeatureImportance> Importance { get; init; }

    /// <summary>The version in production on the same rows; null when there is none that can be compared.</summary>
    public ProductionComparison? Production { get; init; }
}
