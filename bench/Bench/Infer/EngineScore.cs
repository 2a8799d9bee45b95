namespace Levee.Bench.Infer;

/// <summary>What ML.NET's PredictionEngine answers.</summary>
internal sealed class EngineScore
{
    public float Probability { get; set; }
}
