using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Levee.Features;
using Levee.Models;
using Microsoft.ML;
using Microsoft.ML.Trainers.LightGbm;

namespace Levee.Training;

/// <summary>
/// Trains LightGBM through ML.NET and tests it on the held-out latest period. The same rows, options and packages give the same trees.
/// </summary>
/// <param name="clock">Tells when the model was made. Defaults to the system's clock.</param>
public sealed class ModelTrainer(TimeProvider? clock = null)
{
    private const double ThresholdShare = 0.2;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Trains a model on the vectors of a feature list.</summary>
    /// <param name="rows">Rows in the order of their event times.</param>
    /// <param name="features">The feature list that the vectors were computed with.</param>
    /// <param name="options">How to train.</param>
    /// <param name="progress">Receives a sentence at each step; null for none.</param>
    /// <param name="ct">Stops the training between its steps.</param>
    /// <exception cref="TrainingDataException">The rows do not allow a training; the message says what is missing.</exception>
    /// <exception cref="ModelArtifactException">The compiled trees do not give ML.NET's probabilities.</exception>
    public TrainingOutcome Train(
        IReadOnlyList<TrainingRow> rows,
        FeatureList features,
        TrainingOptions options,
        IProgress<string>? progress = null,
        CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        return Train(rows, [.. features.Features.Select(f => f.Name)], features.Hash, options, progress, ct);
    }

    /// <summary>Trains a model.</summary>
    /// <param name="rows">Rows in the order of their event times.</param>
    /// <param name="featureNames">Names of the features in the order of the vectors.</param>
    /// <param name="featureHash">Hash of the feature list.</param>
    /// <param name="options">How to train.</param>
    /// <param name="progress">Receives a sentence at each step; null for none.</param>
    /// <param name="ct">Stops the training between its steps.</param>
    /// <exception cref="TrainingDataException">The rows do not allow a training; the message says what is missing.</exception>
    /// <exception cref="ModelArtifactException">The compiled trees do not give ML.NET's probabilities.</exception>
    public TrainingOutcome Train(
        IReadOnlyList<TrainingRow> rows,
        IReadOnlyList<string> featureNames,
        string featureHash,
        TrainingOptions options,
        IProgress<string>? progress = null,
        CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(featureNames);
        ArgumentException.ThrowIfNullOrEmpty(featureHash);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        CheckVectors(rows, featureNames.Count);
        var split = TimeSplit.Of(rows, options);
        var train = TimeSplit.Take(rows, split.Train);
        var test = TimeSplit.Take(rows, split.Test);

        progress?.Report($"choosing the decision threshold on {train.Count:N0} transactions");
        var threshold = ChooseThreshold(train, featureNames.Count, options, ct);
        progress?.Report($"training {options.Trees} trees on {train.Count:N0} transactions");
        var fit = LightGbmFit.Fit(train, featureNames.Count, options, ct);
        progress?.Report($"testing on {test.Count:N0} later transactions");
        var metrics = ModelScorer.Evaluate(fit.Trees, test, threshold.Threshold);
        progress?.Report($"comparing the compiled trees with ML.NET on {options.ProbeRows:N0} rows");
        var mlNetModel = fit.Save();
        var probe = MakeProbe(rows, fit.Trees, mlNetModel, options);
        var metadata = new ModelMetadata
        {
            Name = options.Name,
            FeatureNames = [.. featureNames],
            FeatureHash = featureHash,
            Threshold = threshold.Threshold,
            ThresholdRule = threshold.Rule,
            Metrics = metrics,
            Parameters = Describe(options),
            RandomState = options.Seed,
            Data = RowDigest.Describe(options.DataQuery, train, test),
            CreatedAt = _clock.GetUtcNow(),
            CodeVersion = VersionOf(typeof(ModelTrainer)),
            Packages = new Dictionary<string, string>
            {
                ["Microsoft.ML"] = VersionOf(typeof(MLContext)),
                ["Microsoft.ML.LightGbm"] = VersionOf(typeof(LightGbmBinaryTrainer)),
                [".NET"] = Environment.Version.ToString(),
            },
        };
        ct.ThrowIfCancellationRequested();
        return new TrainingOutcome(new ModelArtifact(metadata, fit.Trees, mlNetModel, probe), metrics, split);
    }

    private static void CheckVectors(IReadOnlyList<TrainingRow> rows, int featureCount)
    {
        foreach (var row in rows)
        {
            if (row.Features.Length != featureCount)
            {
                throw new TrainingDataException(
                    $"Row {row.TransactionId} has {row.Features.Length} features; the feature list has {featureCount}.");
            }
        }
    }

    // A threshold must not be chosen on rows the model has learned by heart, nor on the test rows: the latest fifth of the training period
    // is scored by a model of the four fifths before it.
    private static ThresholdChoice ChooseThreshold(
        IReadOnlyList<TrainingRow> train, int featureCount, TrainingOptions options, CancellationToken ct)
    {
        var cut = (int)(train.Count * (1 - ThresholdShare));
        var earlier = TimeSplit.Take(train, ..cut);
        var latest = TimeSplit.Take(train, cut..);
        var labels = latest.Select(r => r.IsFraud).ToArray();
        if (earlier.Any(r => r.IsFraud) && labels.Contains(true))
        {
            var scores = ModelScorer.Score(LightGbmFit.Fit(earlier, featureCount, options, ct).Trees, latest);
            return new ThresholdChoice(
                BinaryMetrics.BestF1Threshold(scores, labels),
                "highest F1 on the latest fifth of the training rows, scored by a model of the rows before them");
        }

        return new ThresholdChoice(0.5, "0.5, since the latest fifth of the training rows, or all before it, has no fraud to choose by");
    }

    private static ProbeSet MakeProbe(IReadOnlyList<TrainingRow> rows, TreeEnsemble trees, byte[] mlNetModel, TrainingOptions options)
    {
        var probe = ProbeRows.Make(rows, trees, options.ProbeRows, options.Seed);
        var expected = new MlNetModel(mlNetModel).Predict(probe, trees.FeatureCount);
        return new ProbeSet(trees.FeatureCount, probe.SelectMany(r => r).ToArray(), expected);
    }

    private static Dictionary<string, string> Describe(TrainingOptions options) =>
        typeof(TrainingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.Name is not (nameof(TrainingOptions.Name) or nameof(TrainingOptions.DataQuery)))
            .ToDictionary(p => p.Name, p => Convert.ToString(p.GetValue(options), CultureInfo.InvariantCulture) ?? "");

    private static string VersionOf(Type type)
    {
        var version = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        Debug.Assert(version is not null, "Every assembly here is built with a version.");
        return version ?? type.Assembly.GetName().Version?.ToString() ?? "unknown";
    }
}
