using Levee.Api.Admission;

namespace Levee.Api.Tests;

public sealed class SharedBoundTests
{
    [Fact]
    public async Task A_caller_has_its_share_and_what_it_waits_for_keeps_nobody_else_from_theirs()
    {
        using var bound = new SharedBound(most: 8, share: 0.5);
        var annas = bound.AttemptAcquire("anna", 4);
        Assert.True(annas.IsAcquired);
        Assert.False(bound.AttemptAcquire("anna", 1).IsAcquired);
        var waits = bound.AcquireAsync("anna", 2, CancellationToken.None);
        Assert.False(waits.IsCompleted);

        // All that is left of the whole.
        var bens = bound.AttemptAcquire("ben", 4);
        Assert.True(bens.IsAcquired);
        Assert.False(bound.AttemptAcquire("carla", 1).IsAcquired);

        annas.Dispose();
        using var second = await waits;
        Assert.True(second.IsAcquired);
        using var carlas = bound.AttemptAcquire("carla", 2);
        Assert.True(carlas.IsAcquired);
        bens.Dispose();
    }

    [Fact]
    public void A_weight_above_the_bound_counts_as_the_bound_and_unknown_callers_share_all_of_it()
    {
        using var bound = new SharedBound(most: 8, share: 0.25);
        using (var whole = bound.AttemptAcquire(caller: null, 100))
        {
            Assert.True(whole.IsAcquired);
            Assert.False(bound.AttemptAcquire("anna", 1).IsAcquired);
        }

        using var annas = bound.AttemptAcquire("anna", 100);
        using var rest = bound.AttemptAcquire(caller: null, 6);
        Assert.True(annas.IsAcquired && rest.IsAcquired);
        Assert.False(bound.AttemptAcquire(caller: null, 1).IsAcquired);
    }

    [Fact]
    public async Task A_refused_weight_leaves_the_share_free()
    {
        using var bound = new SharedBound(most: 4, share: 1);
        using var others = bound.AttemptAcquire("ben", 3);
        Assert.False(bound.AttemptAcquire("anna", 2).IsAcquired);
        using var soon = new CancellationTokenSource();
        var waits = bound.AcquireAsync("anna", 2, soon.Token);
        await soon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits.AsTask());

        others.Dispose();
        using var annas = bound.AttemptAcquire("anna", 4);
        Assert.True(annas.IsAcquired);
    }
}
