namespace Levee.Training;

/// <summary>The learner that the options name, with their parameters.</summary>
internal sealed class LearnerCandidate(string name, TrainingOptions options, int featureCount) : ICandidate
{
    public string Name { get; } = name;

    public double[] FitAndScore(IReadOnlyList<TrainingRow> train, IReadOnlyList<TrainingRow> scored, CancellationToken ct) =>
        ModelScorer.Score(ModelFit.Of(train, featureCount, options, ct).Classifier, scored);
}
