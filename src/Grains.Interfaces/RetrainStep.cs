namespace Levee.Grains;

/// <summary>Where a retraining run is.</summary>
public enum RetrainStep
{
    /// <summary>No run has started yet.</summary>
    Idle,

    /// <summary>Measuring the AUC of matured predictions against the baseline.</summary>
    CheckDrift,

    /// <summary>Training a candidate.</summary>
    Train,

    /// <summary>Comparing the candidate with the version in production on the same later period.</summary>
    Compare,

    /// <summary>Promoting the candidate.</summary>
    Promote,

    /// <summary>Waiting until every silo serves it.</summary>
    Validate,

    /// <summary>The run has ended.</summary>
    Done,
}
