using System.Globalization;
using System.Text;

namespace Levee.Bench;

/// <summary>A report as a table: aligned for the screen, Markdown for the repository. The same cells in both.</summary>
internal static class ReportTable
{
    private static readonly string[] Head = ["figure (median)", "Levee", "baseline", "ratio", "must", "met"];

    public static string Text(Report report)
    {
        var text = new StringBuilder();
        AppendText(text, Rows(report));
        text.AppendLine();
        if (report.Details is { } details)
        {
            AppendText(text, [details.Head, .. details.Rows]);
            text.AppendLine();
        }

        text.Append(Verdict(report));
        return text.ToString();
    }

    public static string Markdown(Report report)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# scripts/bench.sh {report.What}, {report.MeasuredAt:yyyy-MM-dd}").AppendLine();
        text.AppendLine(report.Machine.ToString()).AppendLine();
        AppendMarkdown(text, Rows(report));
        text.AppendLine().AppendLine(Verdict(report)).AppendLine();
        if (report.Details is { } details)
        {
            AppendMarkdown(text, [details.Head, .. details.Rows]);
            text.AppendLine();
        }

        text.AppendLine("Ratios are of two figures of the same run; they travel better than the figures themselves. How it was measured:").AppendLine();
        foreach (var sentence in report.Protocol)
        {
            text.AppendLine($"- {sentence}");
        }

        text.AppendLine().AppendLine("Every round, in the order measured:").AppendLine();
        foreach (var line in report.Lines)
        {
            text.AppendLine($"- {line.Name}: Levee {Rounds(line.Levee)}{(line.Baseline is null ? "" : $"; baseline {Rounds(line.Baseline)}")}");
        }

        return text.ToString();
    }

    private static void AppendText(StringBuilder text, string[][] rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            text.AppendLine(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
        }
    }

    private static void AppendMarkdown(StringBuilder text, string[][] rows)
    {
        text.AppendLine($"| {string.Join(" | ", rows[0])} |");
        text.AppendLine($"| --- |{string.Concat(Enumerable.Repeat(" ---: |", rows[0].Length - 1))}");
        foreach (var row in rows.Skip(1))
        {
            text.AppendLine($"| {string.Join(" | ", row)} |");
        }
    }

    private static string[][] Rows(Report report) => [
        Head,
        .. report.Lines.Select(line => new[]
        {
            line.Name,
            Cell(line.Levee),
            line.Baseline is null ? "" : Cell(line.Baseline),
            line.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "",
            line.Must ?? "",
            report.TooBusy is not null || line.Met is null ? "" : line.Met.Value ? "yes" : "NO",
        }),
    ];

    private static string Verdict(Report report) =>
        report.TooBusy is { } why ? $"No verdict: {why}"
        : report.Lines.Any(line => line.Met == false) ? "At least one must is not met."
        : "Every must is met.";

    private static string Cell(Measure measure)
    {
        var interval = measure.Interval is { } known ? $" [{Number(measure, known.Low)}, {Number(measure, known.High)}]" : "";
        return $"{Number(measure, measure.Median)}{interval} {measure.Unit}".TrimEnd();
    }

    private static string Rounds(Measure measure) =>
        $"{string.Join(", ", measure.Rounds.Select(value => Number(measure, value)))} {measure.Unit}".TrimEnd();

    private static string Number(Measure measure, double value) => Math.Abs(value) >= 100
        ? value.ToString("N0", CultureInfo.InvariantCulture)
        : value.ToString("0." + new string('0', measure.Decimals), CultureInfo.InvariantCulture);
}
