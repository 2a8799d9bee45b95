using Levee.Api.Security;
using Microsoft.Extensions.Options;

namespace Levee.Api.Tests.Security;

public sealed class CallerLimitsTests
{
    [Fact]
    public void Who_waits_as_long_as_told_has_the_tokens_of_the_rows_and_of_the_request()
    {
        using var limits = Limits(requestsPerSecond: 10, burst: 10);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(limits.TryTake("anna", out _));
        }

        // Nine further rows at ten a second, and one for the request that comes again.
        Assert.False(limits.TryTakeRows("anna", 9, out var wait));
        Assert.InRange(wait, TimeSpan.FromSeconds(0.95), TimeSpan.FromSeconds(1.05));
    }

    [Fact]
    public void A_batch_takes_the_whole_bucket_at_most_also_where_the_rate_makes_it_larger()
    {
        using var limits = Limits(requestsPerSecond: 1_000, burst: 10);

        // A fifth of a second's tokens.
        Assert.True(limits.TryTake("anna", out _));
        Assert.True(limits.TryTakeRows("anna", 9_999, out _));
        Assert.False(limits.TryTakeRows("anna", 150, out _));
    }

    private static CallerLimits Limits(int requestsPerSecond, int burst) => new(Options.Create(
        new SecurityOptions { RateLimit = { RequestsPerSecond = requestsPerSecond, Burst = burst } }));
}
