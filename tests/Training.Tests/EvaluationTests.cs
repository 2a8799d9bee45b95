using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Levee.Models;

namespace Levee.Training.Tests;

public sealed class EvaluationTests
{
    private static readonly List<TrainingRow> Rows =
        [.. SyntheticRows.Make(12_000, 40).Select((row, i) => row with { Country = i % 4 == 0 ? "FR" : "DE", Currency = "EUR" })];

    private static readonly Lazy<TrainingOutcome> Trained = new(() => new ModelTrainer().Train(
        Rows, SyntheticRows.Names, SyntheticRows.Hash, new TrainingOptions { Trees = 30, ProbeRows = 300, SearchTrials = 1, Folds = 2 }));

    private static readonly EvaluationOptions Quick = new() { BootstrapRounds = 20, SegmentRounds = 10, ShapRows = 200 };

    private static IReadOnlyList<TrainingRow> Test => TimeSplit.Take(Rows, Trained.Value.Split.Test);

    private static ModelEvaluation Evaluated => ModelEvaluator.Evaluate(Trained.Value.Artifact, Test, Quick);

    [Fact]
    public void Segments_divide_the_rows()
    {
        var segments = Evaluated.Segments.GroupBy(segment => segment.Kind).ToDictionary(kind => kind.Key, kind => kind.ToList());

        Assert.Equal(["month", "amount", "country"], segments.Keys);
        Assert.All(segments.Values, kind => Assert.Equal(Test.Count, kind.Sum(segment => segment.Rows)));
        Assert.All(segments.Values, kind => Assert.Equal(Evaluated.Frauds, kind.Sum(segment => segment.Frauds)));
        Assert.Equal(["DE", "FR"], segments["country"].Select(segment => segment.Name));
        var french = Test.Where(row => row.Country == "FR").ToList();
        Assert.Equal(
            BinaryMetrics.Auc(ModelScorer.Score(Trained.Value.Artifact, french), [.. french.Select(row => row.IsFraud)]),
            segments["country"][1].Metrics[MetricNames.Auc].Value,
            1e-12);
    }

    [Fact]
    public void Many_segments_are_shown_as_the_largest_and_the_rest()
    {
        var rows = Test.Select((row, i) => row with { Country = ((char)('A' + (i % 20))).ToString() }).ToList();

        var countries = ModelEvaluator.Evaluate(
            Trained.Value.Artifact, rows, new EvaluationOptions { BootstrapRounds = 10, SegmentRounds = 10, MaxSegments = 3, ShapRows = 10 })
            .Segments.Where(segment => segment.Kind == "country").ToList();

        Assert.Equal(4, countries.Count);
        Assert.Equal("other", countries[^1].Name);
        Assert.Equal(rows.Count, countries.Sum(segment => segment.Rows));
    }

    [Fact]
    public void Importance_names_the_features_that_carry_the_signal()
    {
        var importance = Evaluated.Importance;

        Assert.Equal(SyntheticRows.Columns, importance.Count);
        Assert.Equal(["amount", "night", "ratio"], importance.Take(3).Select(feature => feature.Name).Order(StringComparer.Ordinal));
        var constant = importance.Single(feature => feature.Name == "constant");
        Assert.Equal((0.0, 0.0), (constant.Gain, constant.MeanAbsoluteShap));
        Assert.Equal(
            ["amount", "night", "ratio"],
            importance.OrderByDescending(feature => feature.Gain).Take(3).Select(feature => feature.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Covers_are_those_of_the_training_rows_and_explanations_add_up()
    {
        var artifact = ModelArtifact.FromBytes(Trained.Value.Artifact.ToBytes(), SyntheticRows.Hash);
        var train = TimeSplit.Take(Rows, Trained.Value.Split.Train);
        var shap = new TreeShap(artifact.Trees!, artifact.Covers!);
        var contributions = new double[SyntheticRows.Columns];

        Assert.Equal(train.Count, artifact.Covers!.Leaves(0).ToArray().Sum());
        Assert.Equal(train.Average(row => artifact.Trees!.PredictRaw(row.Features)), shap.ExpectedRaw, 1e-6);
        foreach (var row in Test.Take(500))
        {
            shap.Explain(row.Features, contributions);
            Assert.Equal(artifact.Trees!.PredictRaw(row.Features), shap.ExpectedRaw + contributions.Sum(), 1e-6);
        }
    }

    [Fact]
    public void A_model_is_compared_with_the_one_in_production_pair_by_pair()
    {
        var labels = Rows.Select(row => row.IsFraud).ToArray();
        new Random(3).Shuffle(labels);
        var poor = new ModelTrainer().Train(
            [.. Rows.Select((row, i) => row with { IsFraud = labels[i] })], SyntheticRows.Names, SyntheticRows.Hash, new TrainingOptions { Trees = 10, ProbeRows = 100 });

        var compared = ModelEvaluator.Evaluate(Trained.Value.Artifact, Test, Quick, ("v1", poor.Artifact)).Production!;
        var otherList = poor.Artifact.With(poor.Artifact.Metadata with { FeatureHash = "another" });

        Assert.Equal("v1", compared.Version);
        Assert.True(compared.Gains[MetricNames.Auc].Low > 0.05);
        Assert.Equal(Evaluated.Metrics[MetricNames.Auc].Value - compared.Metrics[MetricNames.Auc].Value, compared.Gains[MetricNames.Auc].Value, 1e-12);
        Assert.False(compared.SawTheRows);
        Assert.True(ModelEvaluator.Evaluate(Trained.Value.Artifact, Rows[..2_000], Quick, ("v1", poor.Artifact)).Production!.SawTheRows);
        Assert.Null(ModelEvaluator.Evaluate(Trained.Value.Artifact, Test, Quick, ("v1", otherList)).Production);
    }

    [Fact]
    public void A_run_leaves_the_files_that_people_and_tools_expect()
    {
        var evaluation = ModelEvaluator.Evaluate(Trained.Value.Artifact, Test, Quick, ("v1", Trained.Value.Artifact));
        var files = RunFiles.Make(new RunDescription(Guid.Empty, "train", "anna <a>"), Trained.Value, evaluation).ToDictionary(f => f.Name, f => f.Content);

        Assert.Equal(
            ["confusion_matrix.png", "feature_importance.csv", "meta.yaml", "metrics.json", "model.zip", "params.json", "report.html", "trials.csv"],
            files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("\x89PNG"u8[2..], files["confusion_matrix.png"].AsSpan(1, 3));
        Assert.Equal(Trained.Value.Artifact.Metadata.Parameters["Trees"], JsonDocument.Parse(files["params.json"]).RootElement.GetProperty("Trees").GetString());
        var metrics = JsonDocument.Parse(files["metrics.json"]).RootElement;
        Assert.Equal(evaluation.Metrics[MetricNames.Auc].Value, metrics.GetProperty("metrics").GetProperty("auc").GetProperty("value").GetDouble());
        Assert.Equal(SyntheticRows.Columns + 1, Text("feature_importance.csv").TrimEnd().Split('\n').Length);
        Assert.Equal(1 + Trained.Value.Trials.Count, Text("trials.csv").TrimEnd().Split('\n').Length);
        Assert.Contains($"sha256: {Trained.Value.Artifact.Metadata.Data.Sha256}", Text("meta.yaml"), StringComparison.Ordinal);

        var scores = new MlNetModel(files["model.zip"]).Predict(Test.Take(50).Select(row => row.Features), SyntheticRows.Columns);
        Assert.Equal(ModelScorer.Score(Trained.Value.Artifact.Trees!, [.. Test.Take(50)]), scores.Select(score => (double)score));

        string Text(string name) => Encoding.UTF8.GetString(files[name]);
    }

    [Fact]
    public void The_report_is_one_file_with_every_plot_and_nothing_from_elsewhere()
    {
        var evaluation = ModelEvaluator.Evaluate(Trained.Value.Artifact, Test, Quick, ("v1", Trained.Value.Artifact));
        var html = ModelReport.Html("<v2>", Trained.Value.Artifact, evaluation, Trained.Value.Candidates);

        foreach (var shown in (string[])["&lt;v2&gt;", "ROC", "Precision and recall", "Calibration", "Confusion matrix", "Importance of features", "v1 in production",
            "Candidates on the folds", "By month", "By amount", "By country", "AUC", "Card precision@100", Trained.Value.Artifact.Metadata.Data.Sha256])
        {
            Assert.Contains(shown, html, StringComparison.Ordinal);
        }

        Assert.Equal(3, Regex.Count(html, "<svg "));
        Assert.DoesNotMatch("(src|href)=\"(?!data:)", html);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
    }

    [Fact]
    public void No_row_and_wrong_options_are_clear_errors()
    {
        Assert.Contains("no row", Assert.Throws<TrainingDataException>(() => ModelEvaluator.Evaluate(Trained.Value.Artifact, [], Quick)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "BootstrapRounds",
            Assert.Throws<ArgumentOutOfRangeException>(() => ModelEvaluator.Evaluate(Trained.Value.Artifact, Test, new EvaluationOptions { BootstrapRounds = 1 })).Message,
            StringComparison.Ordinal);
    }
}
