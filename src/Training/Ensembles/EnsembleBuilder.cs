using System.Globalization;
using Levee.Models;

namespace Levee.Training;

/// <summary>
/// Makes a version of an ensemble: its calibration and threshold are chosen on the first half of the time after what any member was
/// trained on, and it is tested on the second half. No row is looked at that a member's trees were made of.
/// </summary>
/// <param name="clock">Tells when the version was made. Defaults to the system's clock.</param>
public sealed class EnsembleBuilder(TimeProvider? clock = null)
{
    private const string Name = "fraud-ensemble";

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>What a run stores of an ensemble: the space and each member's weight.</summary>
    /// <param name="ensemble">The ensemble.</param>
    public static IReadOnlyDictionary<string, string> Describe(ModelEnsemble ensemble)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        var parameters = new Dictionary<string, string> { ["Space"] = ensemble.Space.ToString() };
        foreach (var member in ensemble.Members)
        {
            parameters[$"Weight.{member.Version}"] = member.Weight.ToString("R", CultureInfo.InvariantCulture);
        }

        return parameters;
    }

    /// <summary>Calibrates and tests an ensemble.</summary>
    /// <param name="ensemble">The ensemble.</param>
    /// <param name="rows">Rows in the order of their event times.</param>
    /// <param name="options">Calibration, threshold rule, least frauds, probe rows, seed and where the rows came from.</param>
    /// <param name="progress">Receives a sentence at each step; null for none.</param>
    /// <param name="ct">Stops between steps.</param>
    /// <exception cref="TrainingDataException">Too few rows are later than the members' training; the message says what.</exception>
    /// <exception cref="ModelArtifactException">What serves does not give ML.NET's probabilities.</exception>
    public TrainingOutcome Build(
        ModelEnsemble ensemble,
        IReadOnlyList<TrainingRow> rows,
        TrainingOptions options,
        IProgress<string>? progress = null,
        CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var split = Split(ensemble, rows, options);
        var early = TimeSplit.Take(rows, split.Train);
        var test = TimeSplit.Take(rows, split.Test);
        progress?.Report($"calibrating on {early.Count:N0} transactions that no member was trained on");
        var scores = ModelScorer.Score(ensemble.Classifier, early);
        var calibration = CalibrationChoice.Of(scores, [.. early.Select(row => row.IsFraud)], options.Calibration);
        calibration.Calibration.Apply(scores);
        var first = ensemble.Members[0].Artifact.Metadata;
        var threshold = ThresholdChoice.Of(SampleFactory.Of(early, first.FeatureNames, scores, threshold: 0, options.ReviewCost), options);
        ct.ThrowIfCancellationRequested();

        progress?.Report($"testing on {test.Count:N0} later transactions");
        var metrics = ModelScorer.Evaluate(ensemble.Classifier, test, threshold.Threshold, calibration.Calibration);
        progress?.Report($"comparing what will serve with ML.NET on {options.ProbeRows:N0} rows");
        var probe = EnsembleProbe.Make(ensemble, rows, options);
        const string Where = "; for an ensemble, the folds are the first half of the time after its members' training";
        var metadata = new ModelMetadata
        {
            Name = Name,
            FeatureNames = first.FeatureNames,
            FeatureHash = first.FeatureHash,
            Threshold = threshold.Threshold,
            ThresholdRule = threshold.Rule + Where,
            CalibrationRule = calibration.Rule + Where,
            FeatureGains = Gains(ensemble),
            Metrics = metrics,
            Parameters = Describe(ensemble),
            RandomState = options.Seed,
            Data = RowDigest.Describe(options.DataQuery, early, test),
            TrainedUntil = DateTimeOffset.UnixEpoch.AddMicroseconds(early[^1].EventTimeMicros),
            CreatedAt = _clock.GetUtcNow(),
            CodeVersion = ModelTrainer.CodeVersion,
            Packages = ModelTrainer.Packages(),
        };
        return new TrainingOutcome(ModelArtifact.OfEnsemble(metadata, ensemble, probe, calibration.Calibration), metrics, split);
    }

    private static TimeSplit Split(ModelEnsemble ensemble, IReadOnlyList<TrainingRow> rows, TrainingOptions options)
    {
        var latest = ensemble.Members.MaxBy(TrainedUntil)!;
        var trainedUntil = TrainedUntil(latest);
        var from = TimeSplit.FirstFrom(rows, ((trainedUntil - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) + 1);
        if (from == rows.Count)
        {
            throw new TrainingDataException(
                $"No row with a known label is later than {trainedUntil:u}, until when {latest.Version} was trained. " +
                "An ensemble is calibrated and tested on later rows only.");
        }

        var start = rows[from].EventTimeMicros;
        var end = rows[^1].EventTimeMicros;
        var middle = start + ((end - start) / 2) + 1;
        var half = TimeSplit.FirstFrom(rows, middle);
        var split = new TimeSplit
        {
            Train = from..half,
            Test = half..rows.Count,
            TrainEndMicros = middle,
            TestStartMicros = middle,
            TestEndMicros = end,
        };
        Check(TimeSplit.Take(rows, split.Train), "first", trainedUntil, latest.Version, options.MinTestFrauds);
        Check(TimeSplit.Take(rows, split.Test), "second", trainedUntil, latest.Version, options.MinTestFrauds);
        return split;
    }

    private static DateTimeOffset TrainedUntil(EnsembleMember member) =>
        member.Artifact.Metadata.TrainedUntil ?? member.Artifact.Metadata.Data.To;

    private static void Check(IReadOnlyList<TrainingRow> part, string name, DateTimeOffset trainedUntil, string version, int minFrauds)
    {
        var frauds = part.Count(row => row.IsFraud);
        if (frauds < minFrauds || frauds == part.Count)
        {
            throw new TrainingDataException(
                $"There are {frauds} frauds in {part.Count} rows in the {name} half of the time after {trainedUntil:u}, until when " +
                $"{version} was trained; at least {minFrauds} and one legitimate row are needed.");
        }
    }

    private static double[]? Gains(ModelEnsemble ensemble)
    {
        if (ensemble.Members.Any(member => member.Artifact.Metadata.FeatureGains is null))
        {
            return null;
        }

        var gains = new double[ensemble.Classifier.FeatureCount];
        foreach (var (_, weight, artifact) in ensemble.Members)
        {
            for (var i = 0; i < gains.Length; i++)
            {
                gains[i] += weight * artifact.Metadata.FeatureGains![i];
            }
        }

        return gains;
    }
}
