using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Levee.Api.Security;

/// <summary>Each caller's token bucket. Those of callers who pause leave memory.</summary>
internal sealed class CallerLimits : IDisposable
{
    /// <summary>What a caller is told who has no token left.</summary>
    public const string TooMany = "This caller makes more requests than it may.";

    // Of PartitionedRateLimiter.
    private static readonly TimeSpan RefillInterval = TimeSpan.FromMilliseconds(100);

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

    /// <summary>Requests that their caller might not make.</summary>
    public static Counter Refused { get; } = Metrics.CreateCounter(
        "levee_requests_refused_total", "Requests that their caller might not make, by HTTP status.", "status");

    /// <summary>Takes a token; false when there is none, and how long until there is.</summary>
    public bool TryTake(string caller, out TimeSpan retryAfter) => TryTakeAll(caller, 1, out retryAfter);

    /// <summary>
    /// Takes a token for each further row of a batch, beside the one of its request: all of them or none, at most as many as the caller's full
    /// bucket then has.
    /// </summary>
    public bool TryTakeRows(string caller, int moreRows, out TimeSpan retryAfter)
    {
        var rate = RateOf(caller);
        if (TryTakeAll(caller, Math.Min(moreRows, BucketOf(rate) - 1), out retryAfter))
        {
            return true;
        }

        // The next try takes a token for itself first.
        retryAfter += rate > 0 ? TimeSpan.FromSeconds(1) / rate : TimeSpan.Zero;
        return false;
    }

    /// <summary>Notes a refusal, and when to come again.</summary>
    public static void Refuse(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        Refused.WithLabels("429").Inc();
    }

    private bool TryTakeAll(string caller, int tokens, out TimeSpan retryAfter)
    {
        retryAfter = default;
        if (_limiter is null || tokens <= 0)
        {
            return true;
        }

        using var lease = _limiter.AttemptAcquire(caller, tokens);
        if (!lease.IsAcquired)
        {
            lease.TryGetMetadata(MetadataName.RetryAfter, out retryAfter);
        }

        return lease.IsAcquired;
    }

    public void Dispose() => _limiter?.Dispose();

    private int RateOf(string caller) => _options.Callers.TryGetValue(caller, out var own) ? own : _options.RequestsPerSecond;

    // The limiter adds tokens each tenth of a second: what does not fit into the bucket then is lost.
    private int BucketOf(int rate) => Math.Max(_options.Burst, (int)Math.Ceiling(rate * 2 * RefillInterval.TotalSeconds));

    private RateLimitPartition<string> Bucket(string caller)
    {
        var rate = RateOf(caller);
        return rate == 0
            ? RateLimitPartition.GetNoLimiter(caller)
            : RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = BucketOf(rate),
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1) / rate,
                QueueLimit = 0,
            });
    }
}
