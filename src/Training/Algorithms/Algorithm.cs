namespace Levee.Training;

/// <summary>The learner of a model.</summary>
public enum Algorithm
{
    /// <summary>LightGBM: served by compiled trees, with reasons.</summary>
    LightGbm,

    /// <summary>ML.NET's FastTree (gradient-boosted trees), served by ML.NET.</summary>
    FastTree,

    /// <summary>ML.NET's FastForest (random forest), served by ML.NET.</summary>
    FastForest,

    /// <summary>Logistic regression (L-BFGS) on scaled features, served by ML.NET.</summary>
    LogisticRegression,

    /// <summary>Logistic regression by stochastic dual coordinate ascent on scaled features, served by ML.NET.</summary>
    Sdca,
}
