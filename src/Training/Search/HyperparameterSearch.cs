using System.Globalization;

namespace Levee.Training;

/// <summary>
/// Random search (Bergstra and Bengio 2012), then a local one around the best trial with a reach that shrinks. The measure is the mean average
/// precision of the folds by time; the test rows are never looked at. A trial that is far behind the best one after some folds is given up.
/// The same seed and bounds give the same trials, unless time ends the search.
/// </summary>
internal sealed class HyperparameterSearch(CrossValidation validation, int featureCount, TimeProvider clock)
{
    // How far behind the best one's mean on the same folds a trial may be and still go on.
    private const double Margin = 0.03;
    private const double FirstReach = 0.25;
    private const double LastReach = 0.05;

    private readonly List<SearchTrial> _trials = [];
    private TrainingOptions? _best;
    private CrossValidationResult? _bestResult;
    private int _bestNumber;

    /// <summary>Searches.</summary>
    /// <param name="options">The configuration to begin with, and the bounds of the search.</param>
    /// <param name="start">How that configuration did on the folds.</param>
    /// <param name="progress">Receives a sentence at each better trial.</param>
    /// <param name="ct">Stops between fits.</param>
    /// <returns>The best configuration, and all trials in order.</returns>
    public (TrainingOptions Best, CrossValidationResult Result, IReadOnlyList<SearchTrial> Trials) Run(
        TrainingOptions options, CrossValidationResult start, IProgress<string>? progress, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var random = new Random(options.Seed);
        Note(options, new SearchTrial(0, "start", SearchSpace.Describe(options), start, GivenUp: false), progress);
        Phase("random", options.SearchTrials, _ => SearchSpace.Anywhere(options, random));
        Phase("local", options.LocalTrials, done => SearchSpace.Near(
            _best!, FirstReach + ((LastReach - FirstReach) * done / Math.Max(1, options.LocalTrials - 1)), random));
        return (_best!, _bestResult!, _trials);

        void Phase(string name, int trials, Func<int, TrainingOptions> next)
        {
            var since = 0;
            for (var i = 0; i < trials && since < options.SearchPatience && clock.GetElapsedTime(began) < options.SearchTime; i++)
            {
                since = Try(name, next(i), progress, ct) ? 0 : since + 1;
            }
        }
    }

    private bool Try(string phase, TrainingOptions options, IProgress<string>? progress, CancellationToken ct)
    {
        var candidate = new LearnerCandidate($"trial {_trials.Count}", options, featureCount);
        var result = validation.Run(candidate, KeepsUp, ct);
        return Note(
            options,
            new SearchTrial(_trials.Count, phase, SearchSpace.Describe(options), result, result.Folds.Count < validation.Folds.Count),
            progress);
    }

    private bool KeepsUp(IReadOnlyList<FoldMetrics> folds) =>
        folds.Average(fold => fold.AveragePrecision) >= _bestResult!.Folds.Take(folds.Count).Average(fold => fold.AveragePrecision) - Margin;

    private bool Note(TrainingOptions options, SearchTrial trial, IProgress<string>? progress)
    {
        _trials.Add(trial);
        if (trial.GivenUp || (_bestResult is not null && !(trial.Result.MeanAveragePrecision > _bestResult.MeanAveragePrecision)))
        {
            return false;
        }

        (_best, _bestResult, _bestNumber) = (options, trial.Result, trial.Number);
        progress?.Report(string.Create(
            CultureInfo.InvariantCulture, $"{trial.Phase} trial {_bestNumber}: average precision {trial.Result.MeanAveragePrecision:0.0000} on the folds"));
        return true;
    }
}
