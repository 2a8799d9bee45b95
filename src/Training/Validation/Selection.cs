using Levee.Models;

namespace Levee.Training;

/// <summary>What the folds decide: the parameters, the calibration and the threshold.</summary>
internal sealed record Selection
{
    private const double DefaultThreshold = 0.5;

    /// <summary>The parameters to train with.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Applied to the trees' probabilities.</summary>
    public required CalibrationChoice Calibration { get; init; }

    /// <summary>From where on a row is called fraud.</summary>
    public required ThresholdChoice Threshold { get; init; }

    /// <summary>The chosen configuration and those beside it.</summary>
    public IReadOnlyList<CrossValidationResult> Candidates { get; init; } = [];

    /// <summary>Trials of the search.</summary>
    public IReadOnlyList<SearchTrial> Trials { get; init; } = [];

    /// <summary>Decides on training rows only.</summary>
    public static Selection Of(
        IReadOnlyList<TrainingRow> train,
        IReadOnlyList<string> featureNames,
        TrainingOptions options,
        TimeProvider clock,
        IProgress<string>? progress,
        CancellationToken ct)
    {
        var folds = TimeFolds.Of(train, options.Folds, options.LabelDelay, out var keepsDelay);
        if (folds.Count == 0)
        {
            return new Selection
            {
                Options = options,
                Calibration = new CalibrationChoice(ProbabilityCalibration.None, "none: no fold of the training rows has both classes"),
                Threshold = new ThresholdChoice(DefaultThreshold, "0.5, since no fold of the training rows has both classes to choose by"),
            };
        }

        var validation = new CrossValidation(train, folds);
        progress?.Report($"cross-validating on {folds.Count} folds by time");
        var name = ModelFit.NameOf(options.Algorithm);
        var best = validation.Run(new LearnerCandidate(name, options, featureNames.Count), goesOn: null, ct);
        var candidates = new List<CrossValidationResult>();
        IReadOnlyList<SearchTrial> trials = [];
        var chosen = options;
        if (options.SearchTrials + options.LocalTrials > 0)
        {
            var start = best;
            (chosen, best, trials) = new HyperparameterSearch(validation, featureNames.Count, clock).Run(options, start, progress, ct);
            best = best with { Candidate = name };
            candidates.Add(start with { Candidate = "LightGBM before the search" });
        }

        if (options.CompareCandidates)
        {
            candidates.AddRange(Compare(validation, train, featureNames.Count, chosen, progress, ct));
        }

        return Decide(train, featureNames, chosen, best, keepsDelay) with { Candidates = [best, .. candidates], Trials = trials };
    }

    private static IEnumerable<CrossValidationResult> Compare(
        CrossValidation validation, IReadOnlyList<TrainingRow> train, int featureCount, TrainingOptions options, IProgress<string>? progress, CancellationToken ct)
    {
        var frauds = train.Count(row => row.IsFraud);
        var balance = (double)(train.Count - frauds) / frauds;
        ICandidate[] reweighted = options.Algorithm == Algorithm.LightGbm
            ? [Reweighted("LightGBM, classes balanced", balance), Reweighted("LightGBM, classes half balanced", Math.Sqrt(balance))]
            : [];
        ICandidate[] beside =
        [
            .. reweighted,
            new LogisticRegressionCandidate(featureCount, options.Seed),
            new FastForestCandidate(featureCount, options.Seed),
        ];
        foreach (var candidate in beside)
        {
            progress?.Report($"cross-validating {candidate.Name}");
            yield return validation.Run(candidate, goesOn: null, ct);
        }

        LearnerCandidate Reweighted(string name, double weight) => new(
            name,
            TrainingParameters.With(options, [new(nameof(TrainingOptions.PositiveWeight), weight.ToString("R", System.Globalization.CultureInfo.InvariantCulture))]),
            featureCount);
    }

    private static Selection Decide(
        IReadOnlyList<TrainingRow> train, IReadOnlyList<string> featureNames, TrainingOptions options, CrossValidationResult result, bool keepsDelay)
    {
        TrainingRow[] rows = [.. result.OutOfFold.Select(scored => train[scored.Row])];
        double[] scores = [.. result.OutOfFold.Select(scored => scored.Score)];
        var gap = keepsDelay ? "" : "; the training period is too short to leave the label delay free between them";
        var calibration = CalibrationChoice.Of(scores, [.. rows.Select(row => row.IsFraud)], options.Calibration);
        calibration.Calibration.Apply(scores);
        var threshold = ThresholdChoice.Of(SampleFactory.Of(rows, featureNames, scores, threshold: 0, options.ReviewCost), options);
        return new Selection
        {
            Options = options,
            Calibration = calibration with { Rule = calibration.Rule + gap },
            Threshold = threshold with { Rule = threshold.Rule + gap },
        };
    }
}
