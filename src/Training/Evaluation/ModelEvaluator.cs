using Levee.Models;

namespace Levee.Training;

/// <summary>Evaluates a model on rows later than those that it was trained on.</summary>
public static class ModelEvaluator
{
    /// <summary>Evaluates a model, and compares it with the version in production when that has the same feature list.</summary>
    /// <param name="artifact">The model.</param>
    /// <param name="rows">The rows in the order of their event times, at least one.</param>
    /// <param name="options">How to evaluate.</param>
    /// <param name="production">The version in production and its name; null when there is none.</param>
    /// <param name="ct">Stops between steps.</param>
    /// <exception cref="TrainingDataException">There is no row.</exception>
    public static ModelEvaluation Evaluate(
        ModelArtifact artifact,
        IReadOnlyList<TrainingRow> rows,
        EvaluationOptions options,
        (string Version, ModelArtifact Artifact)? production = null,
        CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (rows.Count == 0)
        {
            throw new TrainingDataException("There is no row to evaluate the model on.");
        }

        var names = artifact.Metadata.FeatureNames;
        var sample = Sample(artifact, rows, options);
        var segments = new List<SegmentEvaluation>();
        foreach (var (kind, name, members) in Segments.Of(rows, names, options.MaxSegments))
        {
            var part = sample.Take(members);
            segments.Add(new SegmentEvaluation(
                kind, name, part.Count, part.Labels.Count(label => label), Bootstrap.Evaluate(part, options.SegmentRounds, options.Seed, ct)));
        }

        return new ModelEvaluation
        {
            Rows = rows.Count,
            Frauds = sample.Labels.Count(label => label),
            From = DateTimeOffset.UnixEpoch.AddMicroseconds(rows[0].EventTimeMicros),
            To = DateTimeOffset.UnixEpoch.AddMicroseconds(rows[^1].EventTimeMicros),
            Threshold = artifact.Metadata.Threshold,
            Confusion = BinaryMetrics.At(sample.Scores, sample.Labels, artifact.Metadata.Threshold),
            Metrics = Bootstrap.Evaluate(sample, options.BootstrapRounds, options.Seed, ct),
            Segments = segments,
            Reliability = Reliability.Bins(sample.Scores, sample.Labels),
            Roc = Curves.Roc(sample.Scores, sample.Labels),
            PrecisionRecall = Curves.PrecisionRecall(sample.Scores, sample.Labels),
            Importance = Importance(artifact, rows, options, ct),
            Production = production is { } other && other.Artifact.Metadata.FeatureHash == artifact.Metadata.FeatureHash
                ? Compare(sample, rows, other.Version, other.Artifact, options, ct)
                : null,
        };
    }

    private static EvaluationSample Sample(ModelArtifact artifact, IReadOnlyList<TrainingRow> rows, EvaluationOptions options) => SampleFactory.Of(
        rows, artifact.Metadata.FeatureNames, ModelScorer.Score(artifact, rows), artifact.Metadata.Threshold, options.ReviewCost);

    private static ProductionComparison Compare(
        EvaluationSample sample,
        IReadOnlyList<TrainingRow> rows,
        string version,
        ModelArtifact production,
        EvaluationOptions options,
        CancellationToken ct)
    {
        var other = Sample(production, rows, options);
        return new ProductionComparison(
            version,
            Bootstrap.Evaluate(other, options.BootstrapRounds, options.Seed, ct),
            Bootstrap.Compare(sample, other, options.BootstrapRounds, options.Seed, ct),
            Curves.Roc(other.Scores, other.Labels),
            Curves.PrecisionRecall(other.Scores, other.Labels),
            SawFrom(production.Metadata, DateTimeOffset.UnixEpoch.AddMicroseconds(rows[0].EventTimeMicros)));
    }

    /// <summary>Whether a model was trained on rows from a time on; of old artifacts only the end of training and test together is known.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="from">The time.</param>
    public static bool SawFrom(ModelMetadata metadata, DateTimeOffset from)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return (metadata.TrainedUntil ?? metadata.Data.To) >= from;
    }

    private static List<FeatureImportance> Importance(
        ModelArtifact artifact, IReadOnlyList<TrainingRow> rows, EvaluationOptions options, CancellationToken ct)
    {
        var names = artifact.Metadata.FeatureNames;
        var sums = new double[names.Count];
        if (artifact is { Trees: { } trees, Covers: { } covers })
        {
            var shap = new TreeShap(trees, covers);
            var contributions = new double[names.Count];
            var used = Math.Min(rows.Count, options.ShapRows);
            for (var i = 0; i < used; i++)
            {
                ct.ThrowIfCancellationRequested();
                shap.Explain(rows[(int)((long)i * rows.Count / used)].Features, contributions);
                for (var feature = 0; feature < sums.Length; feature++)
                {
                    sums[feature] += Math.Abs(contributions[feature]) / used;
                }
            }
        }
        else
        {
            sums.AsSpan().Fill(double.NaN);
        }

        var gains = artifact.Metadata.FeatureGains;
        return [.. names
            .Select((name, i) => new FeatureImportance(name, gains is null ? double.NaN : gains[i], sums[i]))
            .OrderByDescending(feature => double.IsNaN(feature.MeanAbsoluteShap) ? feature.Gain : feature.MeanAbsoluteShap)
            .ThenBy(feature => feature.Name, StringComparer.Ordinal)];
    }
}
