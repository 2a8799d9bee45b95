using Levee.Features;
using Levee.Grains.Streams;

namespace Levee.Grains.Merchants;

/// <summary>What deliveries of several partitions have folded into a merchant's window and what one commit will make durable.</summary>
/// <param name="of">The state that it was folded into.</param>
internal sealed class MerchantBatch(WindowState<MerchantWindow>.Loaded of) : IDisposable
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The state that it was folded into.</summary>
    public WindowState<MerchantWindow>.Loaded Of { get; } = of;

    /// <summary>What changed.</summary>
    public MerchantDelta Delta { get; } = new();

    /// <summary>Completes when it is durable; fails when it is not, and then nothing of it is.</summary>
    public Task Done => _done.Task;

    /// <summary>It is durable.</summary>
    public void Complete() => _done.TrySetResult();

    /// <summary>It is not.</summary>
    public void Fail(Exception exception) => _done.TrySetException(exception);

    /// <inheritdoc />
    public void Dispose() => Delta.Dispose();
}
