using System.Globalization;
using Levee.Models;
using Levee.Training;
using Spectre.Console;

namespace Levee.Cli.Training;

/// <summary>An evaluation on the terminal.</summary>
internal static class MetricTable
{
    public static void Write(IAnsiConsole console, ModelEvaluation evaluation)
    {
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{evaluation.Rows:N0} transactions with {evaluation.Frauds:N0} frauds from {evaluation.From:yyyy-MM-dd HH:mm} to {evaluation.To:yyyy-MM-dd HH:mm} UTC, threshold {evaluation.Threshold:0.0000}"));
        var production = evaluation.Production;
        string[] columns = production is null
            ? ["Metric", "Value", "95 % interval"]
            : ["Metric", "Value", "95 % interval", $"{production.Version} in production", "Difference, paired", "95 % interval"];
        var table = Screen.NewTable(columns);
        foreach (var name in MetricNames.All)
        {
            string[] cells = [name, Number(evaluation.Metrics[name].Value), Interval(evaluation.Metrics[name])];
            table.Add(production is null
                ? cells
                : [.. cells, Number(production.Metrics[name].Value), Number(production.Gains[name].Value), Interval(production.Gains[name])]);
        }

        console.Write(table);
        if (production?.SawTheRows == true)
        {
            console.WriteLine($"{production.Version} was trained on some of these rows, which is to its advantage.");
        }
    }

    public static void Write(IAnsiConsole console, IReadOnlyList<CrossValidationResult> candidates)
    {
        var table = Screen.NewTable("Candidate on the folds", "Average precision", "AUC", "Card precision@100", "Folds");
        foreach (var candidate in candidates)
        {
            table.Add(
                candidate.Candidate,
                $"{Number(candidate.MeanAveragePrecision)} ± {Number(candidate.AveragePrecisionDeviation)}",
                $"{Number(candidate.MeanAuc)} ± {Number(candidate.AucDeviation)}",
                Number(candidate.MeanCardPrecisionAt100),
                candidate.Folds.Count.ToString(CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    public static string Number(double value) => double.IsNaN(value)
        ? "-"
        : value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.0000", CultureInfo.InvariantCulture);

    private static string Interval(MetricInterval metric) => double.IsNaN(metric.Low) ? "-" : $"{Number(metric.Low)} to {Number(metric.High)}";
}
