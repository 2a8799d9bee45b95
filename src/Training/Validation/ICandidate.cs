namespace Levee.Training;

/// <summary>A way to train a scorer, to be compared with others on the same rows.</summary>
internal interface ICandidate
{
    /// <summary>Name for people.</summary>
    string Name { get; }

    /// <summary>Trains on some rows and scores others: higher is more suspicious.</summary>
    double[] FitAndScore(IReadOnlyList<TrainingRow> train, IReadOnlyList<TrainingRow> scored, CancellationToken ct);
}
