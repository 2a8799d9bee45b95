namespace Levee.Models;

/// <summary>What the members of an ensemble are averaged in.</summary>
public enum AveragingSpace
{
    /// <summary>
    /// The trees' log-odds before calibration. All members must be trees; the ensemble is then one sum of trees, with exact reasons, and
    /// has a calibration of its own.
    /// </summary>
    Margin,

    /// <summary>The members' calibrated probabilities, as each would be served. Members may be of any kind; there are no reasons.</summary>
    Probability,
}
