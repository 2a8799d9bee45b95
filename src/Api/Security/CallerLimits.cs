using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Levee.Api.Security;

/// <summary>Each caller's token bucket. Those of callers who pause leave memory.</summary>
internal sealed class CallerLimits : IDisposable
{
    private readonly RateLimitOptions _options;
    private readonly PartitionedRateLimiter<string>? _limiter;

    public CallerLimits(IOptions<SecurityOptions> options)
    {
        _options = options.Value.RateLimit;
        if (_options.RequestsPerSecond > 0 || _options.Callers.Values.Any(rate => rate > 0))
        {
            _limiter = PartitionedRateLimiter.Create<string, string>(Bucket, StringComparer.Ordinal);
        }
    }

    /// <summary>Takes a token; false when there is none, and how long until there is.</summary>
    public bool TryTake(string caller, out TimeSpan retryAfter)
    {
        retryAfter = default;
        if (_limiter is null)
        {
            return true;
        }

        using var lease = _limiter.AttemptAcquire(caller);
        if (!lease.IsAcquired)
        {
            lease.TryGetMetadata(MetadataName.RetryAfter, out retryAfter);
        }

        return lease.IsAcquired;
    }

    public void Dispose() => _limiter?.Dispose();

    private RateLimitPartition<string> Bucket(string caller)
    {
        var rate = _options.Callers.TryGetValue(caller, out var own) ? own : _options.RequestsPerSecond;
        return rate == 0
            ? RateLimitPartition.GetNoLimiter(caller)
            : RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = _options.Burst,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1) / rate,
                QueueLimit = 0,
            });
    }
}
