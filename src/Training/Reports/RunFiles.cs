using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Levee.Models;
using YamlDotNet.Serialization;

namespace Levee.Training;

/// <summary>
/// The files of a run: model.zip (ML.NET's model; an ensemble has none), params.json, metrics.json, feature_importance.csv, confusion_matrix.png, report.html,
/// meta.yaml, and trials.csv after a search.
/// </summary>
public static class RunFiles
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Makes the files.</summary>
    /// <param name="run">The run.</param>
    /// <param name="outcome">What was trained.</param>
    /// <param name="evaluation">How good it is.</param>
    public static IReadOnlyList<(string Name, byte[] Content)> Make(RunDescription run, TrainingOutcome outcome, ModelEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(evaluation);
        var metadata = outcome.Artifact.Metadata;
        var files = new List<(string, byte[])>
        {
            ("params.json", JsonSerializer.SerializeToUtf8Bytes(new SortedDictionary<string, string>(metadata.Parameters.ToDictionary(), StringComparer.Ordinal), Json)),
            ("metrics.json", Metrics(outcome, evaluation)),
            ("feature_importance.csv", Encoding.UTF8.GetBytes(Importance(evaluation))),
            ("confusion_matrix.png", ConfusionMatrixImage.Png(evaluation.Confusion, evaluation.Threshold)),
            ("report.html", Encoding.UTF8.GetBytes(ModelReport.Html($"Run {run.RunId}", outcome.Artifact, evaluation, outcome.Candidates))),
            ("meta.yaml", Encoding.UTF8.GetBytes(Meta(run, outcome.Artifact))),
        };
        if (outcome.Artifact.Kind != ModelKind.Ensemble)
        {
            files.Insert(0, ("model.zip", outcome.Artifact.MlNetModel.ToArray()));
        }

        if (outcome.Trials.Count > 0)
        {
            files.Add(("trials.csv", Encoding.UTF8.GetBytes(Trials(outcome.Trials))));
        }

        return files;
    }

    /// <summary>A run's metrics by name: those of the test, and the folds' means.</summary>
    /// <param name="outcome">What was trained.</param>
    /// <param name="evaluation">How good it is.</param>
    public static IReadOnlyDictionary<string, double> MetricsOf(TrainingOutcome outcome, ModelEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(evaluation);
        var metrics = MetricNames.All.ToDictionary(name => name, name => evaluation.Metrics[name].Value);
        metrics["threshold"] = evaluation.Threshold;
        metrics["test_rows"] = evaluation.Rows;
        metrics["test_frauds"] = evaluation.Frauds;
        if (outcome.Candidates.Count > 0)
        {
            metrics["cv_auc"] = outcome.Candidates[0].MeanAuc;
            metrics["cv_average_precision"] = outcome.Candidates[0].MeanAveragePrecision;
        }

        return metrics;
    }

    private static byte[] Metrics(TrainingOutcome outcome, ModelEvaluation evaluation) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            evaluation.Rows,
            evaluation.Frauds,
            evaluation.From,
            evaluation.To,
            evaluation.Threshold,
            evaluation.Confusion,
            evaluation.Metrics,
            Production = evaluation.Production is { } production ? new { production.Version, production.Metrics, production.Gains } : null,
            evaluation.Reliability,
            evaluation.Segments,
            outcome.Candidates,
        },
        Json);

    private static string Importance(ModelEvaluation evaluation)
    {
        var text = new StringBuilder("feature,mean_abs_shap,gain\n");
        foreach (var feature in evaluation.Importance)
        {
            text.Append(CultureInfo.InvariantCulture, $"{feature.Name},{feature.MeanAbsoluteShap:R},{feature.Gain:R}\n");
        }

        return text.ToString();
    }

    private static string Trials(IReadOnlyList<SearchTrial> trials)
    {
        var names = trials[0].Parameters.Keys.ToList();
        var text = new StringBuilder($"trial,phase,average_precision,deviation,auc,folds,given_up,{string.Join(',', names)}\n");
        foreach (var trial in trials)
        {
            text.Append(CultureInfo.InvariantCulture, $"{trial.Number},{trial.Phase},{trial.Result.MeanAveragePrecision:R},{trial.Result.AveragePrecisionDeviation:R},");
            text.Append(CultureInfo.InvariantCulture, $"{trial.Result.MeanAuc:R},{trial.Result.Folds.Count},{(trial.GivenUp ? "yes" : "no")},");
            text.Append(string.Join(',', names.Select(name => trial.Parameters[name]))).Append('\n');
        }

        return text.ToString();
    }

    private static string Meta(RunDescription run, ModelArtifact artifact)
    {
        var metadata = artifact.Metadata;
        return new SerializerBuilder().WithQuotingNecessaryStrings().WithNewLine("\n").Build().Serialize(new Dictionary<string, object>
        {
            ["run_id"] = run.RunId.ToString(),
            ["kind"] = run.Kind,
            ["who"] = run.Who,
            ["name"] = metadata.Name,
            ["created_at"] = metadata.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
            ["random_state"] = metadata.RandomState,
            ["feature_hash"] = metadata.FeatureHash,
            ["serving"] = artifact.Kind.ToString(),
            ["trees_sha256"] = artifact.TreesSha256 ?? "",
            ["threshold"] = metadata.Threshold,
            ["threshold_rule"] = metadata.ThresholdRule,
            ["calibration"] = artifact.Calibration.Kind,
            ["calibration_rule"] = metadata.CalibrationRule ?? "",
            ["data"] = new Dictionary<string, object>
            {
                ["query"] = metadata.Data.Query,
                ["rows"] = metadata.Data.Rows,
                ["sha256"] = metadata.Data.Sha256,
                ["parquet_sha256"] = metadata.Snapshot?.Sha256 ?? "",
                ["from"] = metadata.Data.From.ToString("O", CultureInfo.InvariantCulture),
                ["to"] = metadata.Data.To.ToString("O", CultureInfo.InvariantCulture),
            },
            ["code_version"] = metadata.CodeVersion,
            ["packages"] = metadata.Packages.OrderBy(p => p.Key, StringComparer.Ordinal).ToDictionary(),
        });
    }
}
