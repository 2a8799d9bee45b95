namespace Levee.Storage;

/// <summary>A commit that waits for its turn, and whoever waits for it.</summary>
internal sealed class CommitWork(GrainCommit commit)
{
    public GrainCommit Commit { get; private set; } = commit;

    /// <summary>Written into the row, so that a commit whose answer got lost is recognised as done.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    public TaskCompletionSource<CommitResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public (GrainKind, long) Key => (Commit.Kind, Commit.Key);

    /// <summary>An attempt failed, and it may have been durable before it did.</summary>
    public bool MayBeDone { get; set; }

    /// <summary>Nobody waits any more.</summary>
    public bool IsAbandoned { get; set; }

    public void Succeed() => Done.TrySetResult(new CommitResult(CommitStatus.Committed, Commit.ExpectedVersion + 1, []));

    public void Conflict() => Done.TrySetResult(CommitResult.Conflict);

    public void WithoutPredictions(HashSet<Guid> logged) =>
        Commit = Commit with { Predictions = [.. Commit.Predictions.Where(prediction => logged.Add(prediction.PredictionId))] };
}
