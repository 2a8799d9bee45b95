using System.Threading.RateLimiting;

namespace Levee.Api.Admission;

/// <summary>
/// A bound on what is under way at once for all callers, of which one caller who is known may hold a share. As much again may wait, in turn;
/// whoever waits for the own share holds nothing of what is everybody's. A weight above a bound counts as that bound.
/// </summary>
internal sealed class SharedBound : IDisposable
{
    private readonly int _most;
    private readonly int _mostOfCaller;
    private readonly PartitionedRateLimiter<string> _shares;
    private readonly PartitionedRateLimiter<string> _all;
    private readonly PartitionedRateLimiter<string> _both;

    /// <param name="most">For all callers, 1 or more.</param>
    /// <param name="share">Of that, for each who is known; at least 1.</param>
    public SharedBound(int most, double share)
    {
        _most = most;
        _mostOfCaller = Math.Max(1, (int)(most * share));
        _shares = Limiters(_mostOfCaller, caller => caller);
        _all = Limiters(most, _ => "");
        _both = PartitionedRateLimiter.CreateChained(_shares, _all);
    }

    /// <summary>Takes what is free.</summary>
    /// <param name="caller">Who asks; null when callers are not known, and share all of it.</param>
    /// <param name="weight">How much.</param>
    /// <returns>To be disposed of when it is over; not acquired when it is not free.</returns>
    public RateLimitLease AttemptAcquire(string? caller, int weight) =>
        caller is null ? _all.AttemptAcquire("", Math.Min(weight, _most)) : _both.AttemptAcquire(caller, Math.Min(weight, _mostOfCaller));

    /// <summary>Waits until it is free; not acquired when too many wait already.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ValueTask<RateLimitLease> AcquireAsync(string? caller, int weight, CancellationToken cancellationToken) =>
        caller is null
            ? _all.AcquireAsync("", Math.Min(weight, _most), cancellationToken)
            : _both.AcquireAsync(caller, Math.Min(weight, _mostOfCaller), cancellationToken);

    public void Dispose()
    {
        _both.Dispose();
        _shares.Dispose();
        _all.Dispose();
    }

    private static PartitionedRateLimiter<string> Limiters(int most, Func<string, string> key) =>
        PartitionedRateLimiter.Create<string, string>(
            caller => RateLimitPartition.GetConcurrencyLimiter(
                key(caller),
                _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = most, QueueProcessingOrder = QueueProcessingOrder.OldestFirst }),
            StringComparer.Ordinal);
}
