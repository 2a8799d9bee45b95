using System.Collections.Concurrent;
using Levee.Grains.Customers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Levee.Grains.Tests.Customers;

public class MinuteCallsTests
{
    private const long Hanging = 2;
    private const long Failing = 3;

    private static readonly PartitionWatermark[] Watermarks = [];

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<long> _called = new();
    private readonly TaskCompletionSource _hanging = new();
    private readonly MinuteCalls _calls;

    public MinuteCallsTests() => _calls = new MinuteCalls(CloseAsync, _time, NullLogger.Instance);

    [Fact]
    public async Task One_that_hangs_holds_up_no_other_and_is_called_again_when_its_call_has_ended()
    {
        var first = RunAsync(1, Hanging, Failing);
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, await first.WaitAsync(TimeSpan.FromSeconds(30)));

        // Nothing advances the time: only the others are waited for.
        Assert.Equal(2, await RunAsync(1, Hanging, Failing).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal([1, Hanging, Failing, 1, Failing], _called);

        _hanging.SetResult();
        Assert.Equal(3, await RunAsync(1, Hanging, Failing).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_round_that_is_stopped_ends()
    {
        using var stop = new CancellationTokenSource();
        var round = _calls.RunAsync([Hanging], Watermarks, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => round.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private Task<int> RunAsync(params long[] customers) => _calls.RunAsync(customers, Watermarks, CancellationToken.None);

    private Task CloseAsync(long id, PartitionWatermark[] watermarks)
    {
        _called.Enqueue(id);
        return id switch
        {
            Hanging => _hanging.Task,
            Failing => Task.FromException(new InvalidOperationException("It fails.")),
            _ => Task.CompletedTask,
        };
    }
}
