using System.Globalization;
using Levee.Features;

namespace Levee.Training;

/// <summary>Trains and tests a model on each fold of a protocol, with the product's own trainer.</summary>
public static class Backtester
{
    /// <summary>Runs all folds.</summary>
    /// <param name="rows">Rows of all days that the folds use, in the order of their event times.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="options">How to train; its periods do not matter here.</param>
    /// <param name="columns">Positions of the features to train on; null for all.</param>
    /// <param name="done">Is told each fold that is done; null for nobody.</param>
    /// <param name="ct">Stops the work.</param>
    /// <exception cref="TrainingDataException">A fold lacks rows, or one class; the message says which and what.</exception>
    public static BacktestResult Run(
        IReadOnlyList<TrainingRow> rows,
        BacktestProtocol protocol,
        TrainingOptions options,
        IReadOnlyList<int>? columns = null,
        Action<BacktestFold>? done = null,
        CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(options);
        protocol.Validate();
        options.Validate();
        var folds = new List<BacktestFold>(protocol.Folds);
        for (var number = 0; number < protocol.Folds; number++)
        {
            var fold = PrequentialFold.Of(rows, protocol, number);
            Check(fold, fold.Train, "training", rows, protocol);
            Check(fold, fold.Test, "test", rows, protocol);
            folds.Add(Run(fold, protocol, options, columns, ct));
            done?.Invoke(folds[^1]);
        }

        return new BacktestResult(folds);
    }

    private static BacktestFold Run(
        PrequentialFold fold, BacktestProtocol protocol, TrainingOptions options, IReadOnlyList<int>? columns, CancellationToken ct)
    {
        var train = Take(fold.Train, columns);
        var test = Take(fold.Test, columns);
        var trees = LightGbmFit.Fit(train, train[0].Features.Length, options, ct).Trees;
        return BacktestFold.Of(fold, ModelScorer.Score(trees, test), protocol);
    }

    private static IReadOnlyList<TrainingRow> Take(IReadOnlyList<TrainingRow> rows, IReadOnlyList<int>? columns) => columns is null
        ? rows
        : [.. rows.Select(row => row with { Features = [.. columns.Select(column => row.Features[column])] })];

    private static void Check(
        PrequentialFold fold, IReadOnlyList<TrainingRow> part, string name, IReadOnlyList<TrainingRow> rows, BacktestProtocol protocol)
    {
        var frauds = part.Count(row => row.IsFraud);
        if (frauds > 0 && frauds < part.Count)
        {
            return;
        }

        var what = part.Count == 0 ? "no row" : frauds == 0 ? $"no fraud among its {part.Count:N0} rows" : "nothing but frauds";
        var held = rows.Count == 0
            ? "The file holds nothing from the first training day on."
            : $"The file holds days from {Day(rows[0].EventTimeMicros)} to {Day(rows[^1].EventTimeMicros)} of those asked for.";
        throw new TrainingDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"Fold {fold.Number + 1} (training from {Day(fold.FirstDay * UnixMicros.PerDay)}, test from " +
            $"{Day((fold.FirstDay + protocol.TrainDays + protocol.DelayDays) * UnixMicros.PerDay)}) has {what} in its {name} days. {held}"));
    }

    private static string Day(long micros) => UnixMicros.ToDateTimeOffset(micros).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
