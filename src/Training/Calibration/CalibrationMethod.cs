namespace Levee.Training;

/// <summary>How probabilities are calibrated.</summary>
public enum CalibrationMethod
{
    /// <summary>The method with the lowest log loss on the later half of the folds' scores after a fit on the earlier half; none when no method is better.</summary>
    Automatic,

    /// <summary>Not at all.</summary>
    None,

    /// <summary>A logistic curve over the log-odds.</summary>
    Platt,

    /// <summary>Centred isotonic regression.</summary>
    Isotonic,
}
