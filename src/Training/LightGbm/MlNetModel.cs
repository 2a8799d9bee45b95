using Microsoft.ML;
using Microsoft.ML.Data;

namespace Levee.Training;

/// <summary>
/// An ML.NET model file with ML.NET's own scoring of whole data views: the reference that what serves is compared with. It takes vectors with
/// NaN. It must not be used by several threads at once.
/// </summary>
public sealed class MlNetModel
{
    private readonly MLContext _ml = new(seed: 0);
    private readonly ITransformer _pipeline;

    /// <summary>Loads a model.</summary>
    /// <param name="model">The ML.NET model file.</param>
    public MlNetModel(ReadOnlyMemory<byte> model)
    {
        using var stream = new MemoryStream(model.ToArray());
        _pipeline = _ml.Model.Load(stream, out _);
    }

    /// <summary>ML.NET's probabilities; of a classifier without them, the logistic function of its scores.</summary>
    /// <param name="rows">The vectors; NaN is missing.</param>
    /// <param name="featureCount">Number of features of a vector.</param>
    public float[] Predict(IEnumerable<float[]> rows, int featureCount)
    {
        var scored = Transform(rows, featureCount);
        return scored.Schema.GetColumnOrNull(MlNetColumns.Probability) is null
            ? [.. scored.GetColumn<float>(MlNetColumns.Score).Select(score => (float)MlNetClassifier.ToProbability(score))]
            : [.. scored.GetColumn<float>(MlNetColumns.Probability)];
    }

    /// <summary>ML.NET's raw scores.</summary>
    /// <param name="rows">The vectors; NaN is missing.</param>
    /// <param name="featureCount">Number of features of a vector.</param>
    internal float[] Score(IEnumerable<float[]> rows, int featureCount) => [.. Transform(rows, featureCount).GetColumn<float>(MlNetColumns.Score)];

    private IDataView Transform(IEnumerable<float[]> rows, int featureCount) =>
        _pipeline.Transform(MlNetColumns.View(_ml, rows.Select(row => new MlNetRow { Features = row }), featureCount));
}
