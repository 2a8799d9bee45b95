using Levee.Models;

namespace Levee.Training;

/// <summary>A model on the rows of one segment.</summary>
/// <param name="Kind">What the rows are told apart by: "month", "amount", "customer", "time of day", "currency", "country", "device".</param>
/// <param name="Name">The segment, such as "2026-01" or "100 to 250".</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Frauds">How many of them are frauds.</param>
/// <param name="Metrics">Metrics with intervals by name; AUC and average precision are NaN when a class is missing.</param>
public sealed record SegmentEvaluation(
    string Kind, string Name, int Rows, int Frauds, IReadOnlyDictionary<string, MetricInterval> Metrics);
