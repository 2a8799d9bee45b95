using Microsoft.ML;

namespace Levee.Training;

/// <summary>
/// Missing values on their way to LightGBM. ML.NET loses what LightGBM learns about NaN where a split does nothing but separate the missing
/// values (its threshold is infinite then), so that such rows would be scored otherwise than they were trained. Levee therefore gives
/// LightGBM a number below all others instead: it splits on it as on any value, and ML.NET and the compiled trees agree with what was
/// trained. The replacement is part of the saved ML.NET model, which takes vectors with NaN.
/// </summary>
internal static class MissingValues
{
    /// <summary>Stands for a missing value.</summary>
    public const float Sentinel = -1e30f;

    private const string Expression = "x => isna(x) ? -1e30f : x";

    /// <summary>The ML.NET step that replaces missing values.</summary>
    public static IEstimator<ITransformer> Estimator(MLContext ml) =>
        ml.Transforms.Expression(MlNetColumns.Features, Expression, MlNetColumns.Features);

    /// <summary>The vector with its missing values replaced; the same one when there is none.</summary>
    public static float[] Replace(float[] features)
    {
        if (!Array.Exists(features, float.IsNaN))
        {
            return features;
        }

        return Array.ConvertAll(features, value => float.IsNaN(value) ? Sentinel : value);
    }
}
