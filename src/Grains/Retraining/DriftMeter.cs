using Levee.Features;
using Levee.Grains.Models;
using Levee.Models;
using Levee.Storage;
using Levee.Training;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Retraining;

/// <summary>Measures what the version in production is worth by now, and how its inputs moved.</summary>
internal sealed class DriftMeter(
    ModelRegistry registry, MaturedPredictions predictions, FeatureList features, IOptions<RetrainOptions> options, TimeProvider time)
{
    private const int InputSample = 5_000;
    private const double Normal95 = 1.96;

    private readonly RetrainOptions _options = options.Value;
    private volatile Reference? _reference;

    /// <summary>Measures, and sets the metrics that show it.</summary>
    /// <returns>Null when no version that could serve is in production.</returns>
    public async Task<DriftReport?> MeasureAsync(CancellationToken cancellationToken)
    {
        if (await registry.FindProductionAsync(features.Hash, cancellationToken) is not { } production)
        {
            return null;
        }

        var measuredAt = time.GetUtcNow();
        var now = UnixMicros.FromDateTimeOffset(measuredAt);
        var matured = await predictions.ReadAsync(now - (_options.DriftDays * UnixMicros.PerDay), now, production.Version, cancellationToken);
        var frauds = matured.Count(prediction => prediction.IsFraud);
        var report = new DriftReport
        {
            ModelVersion = production.Version,
            MeasuredAt = measuredAt,
            MaturedPredictions = matured.Count,
            Frauds = frauds,
            BaselineAuc = production.Metrics["auc"],
            MaxDegradationPercent = _options.MaxDegradationPercent,
            Features = await MeasureInputsAsync(production.Version, cancellationToken),
        };
        if (matured.Count < _options.MinPredictions || frauds < _options.MinFrauds || frauds == matured.Count)
        {
            return report;
        }

        var auc = BinaryMetrics.Auc(
            [.. matured.Select(prediction => prediction.Probability)], [.. matured.Select(prediction => prediction.IsFraud)]);
        ModelMetrics.Accuracy.WithLabels(production.Version).Set(auc);
        var error = Normal95 * StandardError(auc, frauds, matured.Count - frauds);
        return report with { CurrentAuc = auc, CurrentAucLow = Math.Max(0, auc - error), CurrentAucHigh = Math.Min(1, auc + error) };
    }

    /// <summary>The standard error of an AUC (Hanley and McNeil 1982, "The meaning and use of the area under a ROC curve", formula 1).</summary>
    /// <param name="auc">The AUC, 0 to 1.</param>
    /// <param name="frauds">Rows of the one class, at least 1.</param>
    /// <param name="others">Rows of the other, at least 1.</param>
    internal static double StandardError(double auc, int frauds, int others)
    {
        var square = auc * auc;
        var variance = (auc * (1 - auc))
            + ((frauds - 1) * ((auc / (2 - auc)) - square))
            + ((others - 1) * ((2 * square / (1 + auc)) - square));
        return Math.Sqrt(variance / ((double)frauds * others));
    }

    // Tells people which input moved; it does not decide: labels do.
    private async Task<FeatureDrift[]> MeasureInputsAsync(string version, CancellationToken cancellationToken)
    {
        var recent = await predictions.ReadVectorsAsync(version, InputSample, cancellationToken);
        if (recent.Count == 0)
        {
            return [];
        }

        var probe = await ReadReferenceAsync(version, cancellationToken);
        var moved = new List<FeatureDrift>();
        for (var feature = 0; feature < features.Count; feature++)
        {
            // Only rows as they were: in the others every feature is missing or infinite now and then, which would look like drift.
            var before = new float[probe.RealRows];
            for (var row = 0; row < before.Length; row++)
            {
                before[row] = probe.Rows[(row * probe.Columns) + feature];
            }

            float[] after = [.. recent.Select(vector => vector[feature])];
            var distance = KolmogorovSmirnov.Distance(before, after);
            if (!double.IsNaN(distance))
            {
                moved.Add(new FeatureDrift(features.Features[feature].Name, distance, PopulationStability.Index(before, after)));
                ModelMetrics.Drifted(moved[^1]);
            }
        }

        return [.. moved];
    }

    // Megabytes that are read, checked and for the most part not needed: kept until another version is in production.
    private async ValueTask<ProbeSet> ReadReferenceAsync(string version, CancellationToken cancellationToken)
    {
        if (_reference is { } known && known.Version == version)
        {
            return known.Probe;
        }

        var artifact = StoredArtifact.Read(await registry.LoadArtifactAsync(version, cancellationToken), features.Hash);
        _reference = new Reference(version, artifact.Probe);
        return artifact.Probe;
    }

    private sealed record Reference(string Version, ProbeSet Probe);
}
