namespace Levee.Training;

/// <summary>How much a feature matters to a model.</summary>
/// <param name="Name">The feature.</param>
/// <param name="Gain">Sum of the gains of the splits on it in training; NaN when that is not known.</param>
/// <param name="MeanAbsoluteShap">Mean absolute SHAP value on the evaluated rows, in log-odds; NaN when it cannot be computed.</param>
public sealed record FeatureImportance(string Name, double Gain, double MeanAbsoluteShap);
