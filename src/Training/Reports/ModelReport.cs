using System.Globalization;
using System.Text;
using Levee.Models;

namespace Levee.Training;

/// <summary>The report for people: one HTML file without anything beside it.</summary>
public static class ModelReport
{
    private const string Candidate = "#0b6e99";
    private const string Production = "#c2571a";
    private const int ShownFeatures = 25;

    private const string Style =
        """
        body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1b1f24}
        h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #d8dee4;padding-bottom:.2rem}
        table{border-collapse:collapse;margin:.6rem 0}td,th{padding:.25rem .7rem;text-align:right;border-bottom:1px solid #eaeef2}
        td:first-child,th:first-child{text-align:left}th{font-weight:600}small{color:#656d76}.row{display:flex;flex-wrap:wrap;gap:1rem}
        svg{font:11px system-ui,sans-serif;max-width:100%;height:auto}svg .g{stroke:#eaeef2}svg .t{font-size:14px;font-weight:600}
        .bar{background:#0b6e99;height:.7rem;min-width:1px}.note{background:#fff8c5;padding:.5rem .8rem;border-left:4px solid #d4a72c}
        """;

    /// <summary>Writes the report.</summary>
    /// <param name="title">What is reported on, such as "v3" or "run 0199...".</param>
    /// <param name="artifact">The model.</param>
    /// <param name="evaluation">How good it is.</param>
    /// <param name="candidates">What it was compared with on the folds; may be empty.</param>
    public static string Html(string title, ModelArtifact artifact, ModelEvaluation evaluation, IReadOnlyList<CrossValidationResult> candidates)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentNullException.ThrowIfNull(candidates);
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        page.Append(CultureInfo.InvariantCulture, $"<title>{ReportText.Html(title)}</title><style>{Style}</style></head><body>");
        Head(page, title, artifact, evaluation);
        Metrics(page, evaluation);
        Charts(page, evaluation);
        Confusion(page, evaluation);
        Importance(page, evaluation);
        Candidates(page, candidates);
        SegmentTables(page, evaluation);
        Origin(page, artifact);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Head(StringBuilder page, string title, ModelArtifact artifact, ModelEvaluation evaluation)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h1>{ReportText.Html(title)}</h1><p>{ReportText.Html(artifact.Metadata.Name)}, made ");
        page.Append(CultureInfo.InvariantCulture, $"{artifact.Metadata.CreatedAt:yyyy-MM-dd HH:mm} UTC, evaluated on {evaluation.Rows:N0} transactions with ");
        page.Append(CultureInfo.InvariantCulture, $"{evaluation.Frauds:N0} frauds from {evaluation.From:yyyy-MM-dd HH:mm} to {evaluation.To:yyyy-MM-dd HH:mm} UTC. ");
        page.Append("Small figures are 95 % bootstrap intervals over cards.</p>");
        if (evaluation.Production is { SawTheRows: true } production)
        {
            page.Append(CultureInfo.InvariantCulture,
                $"<p class=\"note\">{ReportText.Html(production.Version)} in production was trained on some of these rows, which is to its advantage.</p>");
        }
    }

    private static void Metrics(StringBuilder page, ModelEvaluation evaluation)
    {
        page.Append("<h2>Metrics</h2><table><tr><th>Metric</th><th>This model</th>");
        if (evaluation.Production is { } production)
        {
            page.Append(CultureInfo.InvariantCulture, $"<th>{ReportText.Html(production.Version)} in production</th><th>Difference, paired</th>");
        }

        page.Append("</tr>");
        foreach (var name in MetricNames.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{ReportText.Title(name)}</td><td>{ReportText.Interval(evaluation.Metrics[name])}</td>");
            if (evaluation.Production is { } other)
            {
                page.Append(CultureInfo.InvariantCulture, $"<td>{ReportText.Interval(other.Metrics[name])}</td><td>{ReportText.Gain(other.Gains[name])}</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</table>");
    }

    private static void Charts(StringBuilder page, ModelEvaluation evaluation)
    {
        var roc = new SvgChart("ROC", "share of legitimate called fraud", "share of frauds called fraud").Reference((0, 0), (1, 1));
        var recall = new SvgChart("Precision and recall", "recall", "precision");
        var reliability = new SvgChart("Calibration", "mean probability", "share of frauds").Reference((0, 0), (1, 1));
        if (evaluation.Production is { } production)
        {
            roc.Line(production.Version, Production, production.Roc.Select(point => (point.X, point.Y)));
            recall.Line(production.Version, Production, production.PrecisionRecall.Select(point => (point.X, point.Y)));
        }

        roc.Line("this model", Candidate, evaluation.Roc.Select(point => (point.X, point.Y)));
        recall.Line("this model", Candidate, evaluation.PrecisionRecall.Select(point => (point.X, point.Y)));
        reliability.Dots("this model", Candidate, evaluation.Reliability.Where(bin => bin.Rows > 0).Select(bin => (
            bin.MeanProbability, bin.FraudRate, string.Create(CultureInfo.InvariantCulture, $"{bin.Rows:N0} rows, {bin.Frauds:N0} frauds"))));
        page.Append(CultureInfo.InvariantCulture, $"<h2>Curves</h2><div class=\"row\">{roc}{recall}{reliability}</div>");
    }

    private static void Confusion(StringBuilder page, ModelEvaluation evaluation)
    {
        var image = Convert.ToBase64String(ConfusionMatrixImage.Png(evaluation.Confusion, evaluation.Threshold));
        var confusion = evaluation.Confusion;
        page.Append("<h2>Confusion matrix</h2>");
        page.Append(CultureInfo.InvariantCulture, $"<p>At a threshold of {evaluation.Threshold:0.0000}: {confusion.TruePositives:N0} frauds found, ");
        page.Append(CultureInfo.InvariantCulture, $"{confusion.FalseNegatives:N0} missed, {confusion.FalsePositives:N0} false alarms, {confusion.TrueNegatives:N0} left alone.</p>");
        page.Append(CultureInfo.InvariantCulture, $"<img alt=\"Confusion matrix\" width=\"480\" src=\"data:image/png;base64,{image}\">");
    }

    private static void Importance(StringBuilder page, ModelEvaluation evaluation)
    {
        page.Append("<h2>Importance of features</h2><table><tr><th>Feature</th><th>Mean |SHAP|, log-odds</th><th></th><th>Gain in training</th></tr>");
        var most = evaluation.Importance.Select(feature => feature.MeanAbsoluteShap).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        foreach (var feature in evaluation.Importance.Take(ShownFeatures))
        {
            var width = double.IsFinite(feature.MeanAbsoluteShap) && most > 0 ? feature.MeanAbsoluteShap / most * 16 : 0;
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{ReportText.Html(feature.Name)}</td><td>{ReportText.Number(feature.MeanAbsoluteShap)}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td><div class=\"bar\" style=\"width:{width:0.##}rem\"></div></td><td>{ReportText.Number(feature.Gain)}</td></tr>");
        }

        page.Append("</table>");
        if (evaluation.Importance.Count > ShownFeatures)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>The other {evaluation.Importance.Count - ShownFeatures} are in feature_importance.csv.</p>");
        }
    }

    private static void Candidates(StringBuilder page, IReadOnlyList<CrossValidationResult> candidates)
    {
        if (candidates.Count == 0)
        {
            return;
        }

        page.Append("<h2>Candidates on the folds by time</h2><table><tr><th>Candidate</th><th>Average precision</th><th>AUC</th><th>Card precision@100</th><th>Folds</th></tr>");
        foreach (var candidate in candidates)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{ReportText.Html(candidate.Candidate)}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{ReportText.Number(candidate.MeanAveragePrecision)} <small>± {ReportText.Number(candidate.AveragePrecisionDeviation)}</small></td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{ReportText.Number(candidate.MeanAuc)} <small>± {ReportText.Number(candidate.AucDeviation)}</small></td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{ReportText.Number(candidate.MeanCardPrecisionAt100)}</td><td>{candidate.Folds.Count}</td></tr>");
        }

        page.Append("</table>");
    }

    private static void SegmentTables(StringBuilder page, ModelEvaluation evaluation)
    {
        string[] shown = [MetricNames.Auc, MetricNames.AveragePrecision, MetricNames.Precision, MetricNames.Recall, MetricNames.CostSaved, MetricNames.CalibrationError];
        foreach (var kind in evaluation.Segments.GroupBy(segment => segment.Kind))
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>By {ReportText.Html(kind.Key)}</h2><table><tr><th>Segment</th><th>Rows</th><th>Frauds</th>");
            page.Append(string.Concat(shown.Select(name => $"<th>{ReportText.Title(name)}</th>"))).Append("</tr>");
            foreach (var segment in kind)
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{ReportText.Html(segment.Name)}</td><td>{segment.Rows:N0}</td><td>{segment.Frauds:N0}</td>");
                page.Append(string.Concat(shown.Select(name => $"<td>{ReportText.Interval(segment.Metrics[name])}</td>"))).Append("</tr>");
            }

            page.Append("</table>");
        }
    }

    private static void Origin(StringBuilder page, ModelArtifact artifact)
    {
        var metadata = artifact.Metadata;
        page.Append("<h2>Where it comes from</h2><table>");
        Row("Data", metadata.Data.Query);
        Row("Rows", metadata.Data.Rows.ToString("N0", CultureInfo.InvariantCulture));
        Row("SHA-256 of the rows", metadata.Data.Sha256);
        Row("Feature list", metadata.FeatureHash);
        Row("SHA-256 of the trees", artifact.TreesSha256 ?? "it has none");
        Row("Threshold", metadata.ThresholdRule);
        Row("Calibration", metadata.CalibrationRule ?? "none");
        Row("Random state", metadata.RandomState.ToString(CultureInfo.InvariantCulture));
        Row("Code", metadata.CodeVersion);
        Row("Packages", string.Join(", ", metadata.Packages.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key} {p.Value}")));
        Row("Parameters", string.Join(", ", metadata.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key} {p.Value}")));
        page.Append("</table>");

        void Row(string name, string value) =>
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{name}</td><td style=\"text-align:left\">{ReportText.Html(value)}</td></tr>");
    }
}
