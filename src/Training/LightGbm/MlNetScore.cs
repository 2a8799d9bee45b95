namespace Levee.Training;

/// <summary>ML.NET's answer for a row.</summary>
internal sealed class MlNetScore
{
    /// <summary>Raw score.</summary>
    public float Score { get; set; }

    /// <summary>Probability, 0 to 1.</summary>
    public float Probability { get; set; }
}
