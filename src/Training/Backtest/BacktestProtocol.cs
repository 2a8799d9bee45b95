using Levee.Features;

namespace Levee.Training;

/// <summary>
/// The prequential protocol of the Fraud-Detection-Handbook: train on some days, let the labels' delay pass, test on the days after it, then
/// move on by a step and do it again.
/// </summary>
public sealed record BacktestProtocol
{
    /// <summary>First day (UTC) of the first fold's training.</summary>
    public required DateOnly TrainStart { get; init; }

    /// <summary>Days of training, 1 or more. Defaults to 7.</summary>
    public int TrainDays { get; init; } = 7;

    /// <summary>
    /// Days between training and test, 0 or more. Defaults to 7. Features see labels after <see cref="LabelHistory.DelayMicros"/> whatever
    /// is said here.
    /// </summary>
    public int DelayDays { get; init; } = 7;

    /// <summary>Days of the test, 1 or more. Defaults to 7.</summary>
    public int TestDays { get; init; } = 7;

    /// <summary>Number of folds, 1 or more. Defaults to 4.</summary>
    public int Folds { get; init; } = 4;

    /// <summary>Days from one fold's start to the next one's, 1 or more. Defaults to 7.</summary>
    public int StepDays { get; init; } = 7;

    /// <summary>Cards that are inspected a day, 1 or more. Defaults to 100.</summary>
    public int CardsADay { get; init; } = 100;

    /// <summary>First day of a fold's training, in days since 1970-01-01.</summary>
    /// <param name="fold">The fold, from 0.</param>
    public long FirstDay(int fold) =>
        TrainStart.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + ((long)fold * StepDays);

    /// <summary>First event time that any fold uses, microseconds since the Unix epoch.</summary>
    public long StartMicros => FirstDay(0) * UnixMicros.PerDay;

    /// <summary>First event time after all folds, microseconds since the Unix epoch.</summary>
    public long EndMicros => (FirstDay(Folds - 1) + TrainDays + DelayDays + TestDays) * UnixMicros.PerDay;

    /// <summary>Makes sure that every value is in its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(TrainDays, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(DelayDays);
        ArgumentOutOfRangeException.ThrowIfLessThan(TestDays, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Folds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepDays, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CardsADay, 1);
    }
}
