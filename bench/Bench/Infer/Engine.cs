using Levee.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Levee.Bench.Infer;

/// <summary>
/// ML.NET's PredictionEngine at its best: the LightGBM model alone, without the step that replaces missing values (its rows have them
/// replaced already), and with an answer that is used again.
/// </summary>
internal sealed class Engine
{
    private const float Missing = -1e30f;

    private readonly PredictionEngine<EngineRow, EngineScore> _engine;
    private readonly EngineRow[] _rows;
    private EngineScore _score = new();

    public Engine(ModelArtifact artifact, IReadOnlyList<float[]> rows)
    {
        var ml = new MLContext(seed: 0);
        using var stream = new MemoryStream(artifact.MlNetModel.ToArray());
        var classifier = ((IEnumerable<ITransformer>)ml.Model.Load(stream, out _)).Last();
        var schema = SchemaDefinition.Create(typeof(EngineRow));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        _engine = ml.Model.CreatePredictionEngine<EngineRow, EngineScore>(classifier, ignoreMissingColumns: true, schema);
        _rows = [.. rows.Select(row => new EngineRow { Features = Array.ConvertAll(row, value => float.IsNaN(value) ? Missing : value) })];
    }

    public double Predict(int row)
    {
        _engine.Predict(_rows[row], ref _score);
        return _score.Probability;
    }
}
