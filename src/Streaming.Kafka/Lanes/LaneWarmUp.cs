using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Activates the grains of a stream before the pulling agent hears of it. The agent reads nothing while it registers a stream, and a
/// registration waits for the grains' activation; so a grain that takes long to activate must be waited for here, where only its own
/// lane waits.
/// </summary>
/// <param name="activate">Calls the grains of a stream; null when they are not known, and then nothing waits.</param>
/// <param name="wake">Called when a lane has become ready.</param>
internal sealed class LaneWarmUp(Func<StreamId, Task>? activate, Action wake)
{
    // An activation that fails after this long would hold the agent up as one that hangs does.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<StreamLane> _done = new();

    /// <summary>True when the lane must wait; its warm-up is then under way.</summary>
    /// <param name="lane">A lane that the agent should be told of.</param>
    public bool MustWait(StreamLane lane)
    {
        if (activate is null || lane.IsWarm || !lane.IsOrphan)
        {
            return false;
        }

        if (!lane.IsWarming)
        {
            lane.IsWarming = true;
            _ = WarmUpAsync(activate, lane);
        }

        return true;
    }

    /// <summary>Takes a lane whose warm-up has ended.</summary>
    /// <param name="lane">The lane.</param>
    public bool TryTake([NotNullWhen(true)] out StreamLane? lane)
    {
        if (!_done.TryDequeue(out lane))
        {
            return false;
        }

        lane.IsWarming = false;
        lane.IsWarm = true;
        return true;
    }

    private async Task WarmUpAsync(Func<StreamId, Task> activate, StreamLane lane)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!lane.Partition.Released.IsCancellationRequested)
        {
            var startedAt = Stopwatch.GetTimestamp();
            try
            {
                await activate(lane.Stream).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is TimeoutException || Stopwatch.GetElapsedTime(startedAt) >= Slow)
            {
                // Not active yet, or given up by Orleans because it took too long; nobody but this lane waits: ask again.
                continue;
            }
            catch (Exception)
            {
                // Whatever is wrong, it answers at once; a delivery will say what it is, and be tried again.
            }

            break;
        }

        _done.Enqueue(lane);
        wake();
    }
}
