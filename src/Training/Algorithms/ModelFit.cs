namespace Levee.Training;

/// <summary>Fits the learner that the options name.</summary>
internal static class ModelFit
{
    /// <summary>Fits.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="featureCount">Number of features of a vector.</param>
    /// <param name="options">How to train.</param>
    /// <param name="ct">Stops between steps.</param>
    public static IModelFit Of(IReadOnlyList<TrainingRow> rows, int featureCount, TrainingOptions options, CancellationToken ct) =>
        options.Algorithm == Algorithm.LightGbm
            ? LightGbmFit.Fit(rows, featureCount, options, ct)
            : MlNetFit.Fit(rows, featureCount, options, ct);

    /// <summary>The learner's name for people.</summary>
    public static string NameOf(Algorithm algorithm) => algorithm switch
    {
        Algorithm.LightGbm => "LightGBM",
        Algorithm.LogisticRegression => "logistic regression",
        Algorithm.Sdca => "logistic regression (SDCA)",
        _ => algorithm.ToString(),
    };
}
