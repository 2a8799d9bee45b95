namespace Levee.Training;

/// <summary>How the decision threshold is chosen.</summary>
public enum ThresholdRule
{
    /// <summary>The highest F1.</summary>
    MaxF1,

    /// <summary>The most money: amounts of the frauds found less the cost of looking at the alerts.</summary>
    Cost,

    /// <summary>As many alerts a day as can be looked at.</summary>
    AlertsPerDay,
}
