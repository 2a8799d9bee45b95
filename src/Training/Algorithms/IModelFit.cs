using Levee.Models;

namespace Levee.Training;

/// <summary>A fitted model.</summary>
internal interface IModelFit
{
    /// <summary>What will serve.</summary>
    IBinaryClassifier Classifier { get; }

    /// <summary>The compiled trees; null when ML.NET serves.</summary>
    TreeEnsemble? Trees { get; }

    /// <summary>Sum of the gains of the splits on each feature; null when they are not known.</summary>
    IReadOnlyList<double>? Gains { get; }

    /// <summary>The ML.NET model file, without the times in it.</summary>
    byte[] Save();
}
