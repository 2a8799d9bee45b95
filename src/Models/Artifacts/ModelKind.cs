namespace Levee.Models;

/// <summary>What serves a model version.</summary>
public enum ModelKind
{
    /// <summary>Compiled trees.</summary>
    Trees,

    /// <summary>ML.NET's own binary classifier of another kind, such as logistic regression: slower, and without reasons.</summary>
    MlNet,

    /// <summary>A weighted mean of other versions.</summary>
    Ensemble,
}
