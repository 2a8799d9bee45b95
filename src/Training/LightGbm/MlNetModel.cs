using Microsoft.ML;

namespace Levee.Training;

/// <summary>
/// An ML.NET model file with ML.NET's own scoring: the reference that compiled trees are compared with, and the slower way to score with a
/// binary classifier that is not made of trees. It takes vectors with NaN. It must not be used by several threads at once.
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

    /// <summary>ML.NET's probabilities.</summary>
    /// <param name="rows">The vectors; NaN is missing.</param>
    /// <param name="featureCount">Number of features of a vector.</param>
    public float[] Predict(IEnumerable<float[]> rows, int featureCount)
    {
        var view = MlNetColumns.View(_ml, rows.Select(r => new MlNetRow { Features = r }), featureCount);
        return [.. _ml.Data.CreateEnumerable<MlNetScore>(_pipeline.Transform(view), reuseRowObject: true).Select(s => s.Probability)];
    }
}
