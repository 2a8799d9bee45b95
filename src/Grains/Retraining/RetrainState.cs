namespace Levee.Grains.Retraining;

/// <summary>What a run persists after each step, so that it goes on where a crash left it.</summary>
[GenerateSerializer, Alias("levee.RetrainState")]
internal sealed class RetrainState
{
    /// <summary>The run's progress and figures.</summary>
    [Id(0)]
    public RetrainStatus Status { get; set; } = new();
}
