using System.Globalization;
using System.Net;
using Levee.Models;

namespace Levee.Training;

/// <summary>Figures and names as the report shows them.</summary>
internal static class ReportText
{
    private static readonly Dictionary<string, string> Titles = new()
    {
        [MetricNames.Auc] = "AUC",
        [MetricNames.AveragePrecision] = "Average precision",
        [MetricNames.CardPrecisionAt100] = "Card precision@100",
        [MetricNames.Precision] = "Precision",
        [MetricNames.Recall] = "Recall",
        [MetricNames.F1] = "F1",
        [MetricNames.LiftAt1Percent] = "Lift of the highest 1 %",
        [MetricNames.CostSaved] = "Cost saved",
        [MetricNames.LogLoss] = "Log loss",
        [MetricNames.Brier] = "Brier score",
        [MetricNames.CalibrationError] = "Calibration error",
    };

    public static string Title(string metric) => Titles.GetValueOrDefault(metric, metric);

    public static string Html(string text) => WebUtility.HtmlEncode(text);

    public static string Number(double value) => double.IsNaN(value)
        ? "–"
        : value.ToString(Math.Abs(value) >= 100 ? "N0" : Math.Abs(value) >= 10 ? "0.0" : Math.Abs(value) is > 0 and < 0.01 ? "0.00000" : "0.0000", CultureInfo.InvariantCulture);

    public static string Signed(double value) => (value > 0 ? "+" : "") + Number(value);

    public static string Interval(MetricInterval metric) =>
        double.IsNaN(metric.Low) ? Number(metric.Value) : $"{Number(metric.Value)} <small>{Number(metric.Low)} … {Number(metric.High)}</small>";

    public static string Gain(MetricInterval gain) =>
        double.IsNaN(gain.Low) ? Signed(gain.Value) : $"{Signed(gain.Value)} <small>{Signed(gain.Low)} … {Signed(gain.High)}</small>";
}
