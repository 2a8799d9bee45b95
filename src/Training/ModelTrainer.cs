using System.Diagnostics;
using System.Reflection;
using Levee.Features;
using Levee.Models;
using Microsoft.ML;
using Microsoft.ML.Trainers.LightGbm;

namespace Levee.Training;

/// <summary>
/// Trains LightGBM or another learner through ML.NET and tests it on the held-out latest period. The same rows, options and packages give the same trees.
/// </summary>
/// <param name="clock">Tells when the model was made. Defaults to the system's clock.</param>
public sealed class ModelTrainer(TimeProvider? clock = null)
{
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
        VectorCheck.Check(rows, featureNames);
        var split = TimeSplit.Of(rows, options);
        var train = TimeSplit.Take(rows, split.Train);
        var test = TimeSplit.Take(rows, split.Test);

        if (options.ThresholdRule == ThresholdRule.Cost && !featureNames.Contains(SampleFactory.Amount))
        {
            throw new TrainingDataException($"A threshold by cost needs the feature '{SampleFactory.Amount}', which the feature list lacks.");
        }

        var selection = Selection.Of(train, featureNames, options, _clock, progress, ct);
        var chosen = selection.Options;
        progress?.Report($"training {ModelFit.NameOf(chosen.Algorithm)} on {train.Count:N0} transactions");
        var fit = ModelFit.Of(train, featureNames.Count, chosen, ct);
        progress?.Report($"testing on {test.Count:N0} later transactions");
        var calibration = selection.Calibration.Calibration;
        var metrics = ModelScorer.Evaluate(fit.Classifier, test, selection.Threshold.Threshold, calibration);
        progress?.Report($"comparing what will serve with ML.NET on {options.ProbeRows:N0} rows");
        var mlNetModel = fit.Save();
        var probe = MakeProbe(rows, fit, mlNetModel, featureNames.Count, options);
        var metadata = new ModelMetadata
        {
            Name = NameOf(options),
            FeatureNames = [.. featureNames],
            FeatureHash = featureHash,
            Threshold = selection.Threshold.Threshold,
            ThresholdRule = selection.Threshold.Rule,
            CalibrationRule = selection.Calibration.Rule,
            FeatureGains = fit.Gains,
            Metrics = metrics,
            Parameters = TrainingParameters.Describe(chosen),
            RandomState = options.Seed,
            Data = RowDigest.Describe(options.DataQuery, train, test),
            TrainedUntil = DateTimeOffset.UnixEpoch.AddMicroseconds(train[^1].EventTimeMicros),
            CreatedAt = _clock.GetUtcNow(),
            CodeVersion = CodeVersion,
            Packages = Packages(),
        };
        ct.ThrowIfCancellationRequested();
        var artifact = fit.Trees is { } trees
            ? new ModelArtifact(
                metadata, trees, mlNetModel, probe, calibration, TreeCovers.Count(trees, train.Select(row => row.Features)))
            : ModelArtifact.OfMlNet(metadata, fit.Classifier, mlNetModel, probe, calibration);
        return new TrainingOutcome(artifact, metrics, split)
        {
            Candidates = selection.Candidates,
            Trials = selection.Trials,
        };
    }

    /// <summary>Fits the trees and nothing else: no test, no folds, no artifact. For measurements.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="featureCount">Number of features of a vector.</param>
    /// <param name="options">How to train.</param>
    /// <param name="ct">Stops between steps.</param>
    public static TreeEnsemble FitTrees(
        IReadOnlyList<TrainingRow> rows, int featureCount, TrainingOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return LightGbmFit.Fit(rows, featureCount, options, ct).Trees;
    }

    /// <summary>Version of the code that trains.</summary>
    internal static string CodeVersion { get; } = VersionOf(typeof(ModelTrainer));

    /// <summary>Versions of the packages that train, by name.</summary>
    internal static Dictionary<string, string> Packages() => new()
    {
        ["Microsoft.ML"] = VersionOf(typeof(MLContext)),
        ["Microsoft.ML.LightGbm"] = VersionOf(typeof(LightGbmBinaryTrainer)),
        [".NET"] = Environment.Version.ToString(),
    };

    private static ProbeSet MakeProbe(
        IReadOnlyList<TrainingRow> rows, IModelFit fit, byte[] mlNetModel, int featureCount, TrainingOptions options)
    {
        var probe = ProbeRows.Make(rows, fit.Trees?.Trees ?? [], options.ProbeRows, options.Seed, isTrees: fit.Trees is not null);
        var expected = new MlNetModel(mlNetModel).Predict(probe, featureCount);
        return new ProbeSet(featureCount, probe.SelectMany(r => r).ToArray(), expected);
    }

    // The default name says LightGBM.
    private static string NameOf(TrainingOptions options) => options.Algorithm != Algorithm.LightGbm && options.Name == new TrainingOptions().Name
        ? $"fraud-{options.Algorithm.ToString().ToLowerInvariant()}"
        : options.Name;

    private static string VersionOf(Type type)
    {
        var version = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        Debug.Assert(version is not null, "Every assembly here is built with a version.");
        return version ?? type.Assembly.GetName().Version?.ToString() ?? "unknown";
    }
}
