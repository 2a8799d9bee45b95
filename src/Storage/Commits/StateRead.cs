namespace Levee.Storage;

/// <summary>A read that waits for its turn, and whoever waits for it.</summary>
internal sealed record StateRead(long Key)
{
    public TaskCompletionSource<StoredState?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
