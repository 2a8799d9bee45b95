namespace Levee.Models;

/// <summary>Makes a classifier of an ML.NET model file; given by who knows ML.NET, which this project does not.</summary>
/// <param name="mlNetModel">The ML.NET model file (a zip).</param>
/// <param name="featureCount">Number of features of a row.</param>
/// <exception cref="ModelArtifactException">The file is not a binary classifier of such rows.</exception>
public delegate IBinaryClassifier ClassifierLoader(ReadOnlyMemory<byte> mlNetModel, int featureCount);
