using Levee.Models;

namespace Levee.Bench.Infer;

/// <summary>Everything that is measured in this process.</summary>
internal sealed class InferSubjects
{
    private readonly float[][] _rows;
    private readonly float[] _flat;
    private readonly double[] _probabilities;
    private readonly int _batchRows;

    public InferSubjects(InferModels models, float[][] rows, int batchRows)
    {
        _rows = rows;
        _batchRows = batchRows;
        _flat = [.. rows.SelectMany(row => row)];
        _probabilities = new double[batchRows];
        var engine = new Engine(models.Trees, rows);
        var shap = new TreeShap(models.Trees.Trees!, models.Trees.Covers!);
        var contributions = new double[InferRows.Columns];

        Engine = new Subject("PredictionEngine", rows.Length, 1, row => engine.Predict(row));
        One = Single("trees, one row", models.Trees.Predict);
        Batch = Many($"trees, batch of {batchRows}", models.Trees.PredictBatch);
        Others =
        [
            new Subject("reasons (TreeSHAP)", rows.Length, 1, row => shap.Explain(rows[row], contributions)),
            Single("ensemble of margins (200 trees), one row", models.Margins.Classifier.Predict),
            Many($"ensemble of margins (200 trees), batch of {batchRows}", models.Margins.Classifier.PredictBatch),
            Single("ensemble of probabilities (trees, logistic regression), one row", models.Probabilities.Classifier.Predict),
            Single("logistic regression, one row", models.Logistic.Predict),
            Many($"logistic regression, batch of {batchRows}", models.Logistic.PredictBatch),
            Single("random forest (100 trees), one row", models.Forest.Predict),
        ];
    }

    private delegate double Predict(ReadOnlySpan<float> features);

    private delegate void PredictBatch(ReadOnlySpan<float> rows, int columns, Span<double> probabilities);

    public Subject Engine { get; }

    public Subject One { get; }

    public Subject Batch { get; }

    public IReadOnlyList<Subject> Others { get; }

    public IEnumerable<Subject> All => [Engine, One, Batch, .. Others];

    private Subject Single(string name, Predict predict) => new(name, _rows.Length, 1, row => predict(_rows[row]));

    private Subject Many(string name, PredictBatch predict)
    {
        var size = _batchRows * InferRows.Columns;
        return new(
            name, _rows.Length / _batchRows, _batchRows, batch => predict(_flat.AsSpan(batch * size, size), InferRows.Columns, _probabilities));
    }
}
