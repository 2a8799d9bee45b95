using System.Globalization;
using Levee.Models;

namespace Levee.Training;

/// <summary>A calibration and how it came about.</summary>
/// <param name="Calibration">The map.</param>
/// <param name="Rule">How it was chosen, in words.</param>
internal sealed record CalibrationChoice(ProbabilityCalibration Calibration, string Rule)
{
    // Fewer frauds cannot tell a calibration curve from chance.
    private const int MinFrauds = 50;

    /// <summary>Chooses a calibration on scores of rows that their models were not trained on, in time order.</summary>
    public static CalibrationChoice Of(double[] scores, bool[] labels, CalibrationMethod method)
    {
        var frauds = labels.Count(label => label);
        if (method == CalibrationMethod.None)
        {
            return new CalibrationChoice(ProbabilityCalibration.None, "none, as asked");
        }

        if (frauds < MinFrauds || frauds == labels.Length)
        {
            return new CalibrationChoice(
                ProbabilityCalibration.None, $"none: the folds have {frauds} frauds, at least {MinFrauds} are needed to calibrate");
        }

        if (method != CalibrationMethod.Automatic)
        {
            return Fit(method, scores, labels) is { } asked
                ? new CalibrationChoice(asked, $"{asked.Kind}, as asked, fitted on the folds' scores")
                : new CalibrationChoice(ProbabilityCalibration.None, "none: no increasing curve fits the folds' scores");
        }

        var middle = labels.Length / 2;
        var (early, late) = (labels[..middle], labels[middle..]);
        var tried = new List<(CalibrationMethod Method, double LogLoss)>
        {
            (CalibrationMethod.None, BinaryMetrics.LogLoss(scores.AsSpan(middle), late)),
        };
        foreach (var candidate in (ReadOnlySpan<CalibrationMethod>)[CalibrationMethod.Platt, CalibrationMethod.Isotonic])
        {
            if (Fit(candidate, scores[..middle], early) is { } fitted)
            {
                var calibrated = scores[middle..];
                fitted.Apply(calibrated);
                tried.Add((candidate, BinaryMetrics.LogLoss(calibrated, late)));
            }
        }

        var best = tried.MinBy(candidate => candidate.LogLoss).Method;
        var chosen = best == CalibrationMethod.None ? ProbabilityCalibration.None : Fit(best, scores, labels) ?? ProbabilityCalibration.None;
        var losses = string.Join(", ", tried.Select(candidate => string.Create(
            CultureInfo.InvariantCulture, $"{Name(candidate.Method)} {candidate.LogLoss:0.000000}")));
        return new CalibrationChoice(
            chosen, $"{chosen.Kind}: lowest log loss on the later half of the folds' scores after a fit on the earlier half ({losses})");
    }

    private static ProbabilityCalibration? Fit(CalibrationMethod method, double[] scores, bool[] labels) => method == CalibrationMethod.Platt
        ? PlattCalibration.Fit(scores, labels)
        : IsotonicCalibration.Fit(scores, labels);

    private static string Name(CalibrationMethod method) => method switch
    {
        CalibrationMethod.Platt => "Platt",
        CalibrationMethod.Isotonic => "isotonic",
        _ => "none",
    };
}
