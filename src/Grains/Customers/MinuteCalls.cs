using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Levee.Grains.Customers;

/// <summary>
/// Tells customers how far their partitions are. One whose grain hangs holds up its own minutes only: the next rounds go on without it until
/// its call has ended.
/// </summary>
/// <param name="close">Calls a customer.</param>
/// <param name="time">For the patience.</param>
/// <param name="logger">Hears of calls that failed.</param>
internal sealed partial class MinuteCalls(Func<long, PartitionWatermark[], Task> close, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<long, bool> _underWay = new();

    /// <summary>Calls those who are not called already, and waits for them for a while.</summary>
    /// <returns>How many were called.</returns>
    public async Task<int> RunAsync(IEnumerable<long> customers, PartitionWatermark[] watermarks, CancellationToken cancellationToken)
    {
        Task[] calls = [.. customers.Where(id => _underWay.TryAdd(id, true)).Select(id => CallAsync(id, watermarks))];
        await Task.WhenAny(Task.WhenAll(calls), Task.Delay(Patience, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return calls.Length;
    }

    private async Task CallAsync(long id, PartitionWatermark[] watermarks)
    {
        try
        {
            await close(id, watermarks);
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
        }
        finally
        {
            _underWay.TryRemove(id, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The minutes of a customer could not be closed; the next round tries again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
