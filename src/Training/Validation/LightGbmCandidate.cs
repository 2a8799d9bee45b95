namespace Levee.Training;

/// <summary>LightGBM with the given parameters.</summary>
internal sealed class LightGbmCandidate(string name, TrainingOptions options, int featureCount) : ICandidate
{
    public string Name { get; } = name;

    public double[] FitAndScore(IReadOnlyList<TrainingRow> train, IReadOnlyList<TrainingRow> scored, CancellationToken ct) =>
        ModelScorer.Score(LightGbmFit.Fit(train, featureCount, options, ct).Trees, scored);
}
